import Estates
import EventLoop

/// The portal of a shadow: reads go to the real one, and whatever would change something is answered `.rehearsed` here. This
/// is the one place where a shadow parts from a worker that files. Belongs to the loop's thread.
public final class ShadowPortal: PortalAccess {
    private enum Call {
        case read(CallID)
        case rehearsal(PortalClient.Completion)
    }

    private let reads: PortalReads
    private let loop: EventLoop
    private var timer: EventLoop.Timer?
    private var lastID: UInt64 = 0
    private var calls: [CallID: Call] = [:]
    /// Answered in the next turn of the loop, in this order.
    private var rehearsals: [CallID] = []

    /// Reads the certificate and key and checks all settings, as `PortalClient` does.
    ///
    /// - Throws: every problem that was found.
    public init(
        settings: PortalSettings, loop: EventLoop, log: @escaping @Sendable (PortalLogLevel, String) -> Void
    ) throws(PortalSetupError) {
        reads = try PortalReads(settings: settings, loop: loop, log: log)
        self.loop = loop
        timer = loop.makeTimer { [unowned self] in answerRehearsals() }
    }

    deinit { if let timer { loop.discard(timer) } }

    public func start(_ call: PortalCall, deadline: Int64, completion: @escaping PortalClient.Completion) -> CallID {
        lastID += 1
        let id = CallID(number: lastID)
        let ended: PortalClient.Completion = { [unowned self] result in
            calls[id] = nil
            completion(result)
        }
        switch call {
        case .search(let deceased):
            calls[id] = .read(reads.search(deceased, deadline: deadline, completion: ended))
        case .lookUp(let estate, let identity):
            calls[id] = .read(reads.lookUp(estate, identity, deadline: deadline, completion: ended))
        case .changes(let estates, let since):
            calls[id] = .read(reads.changes(estates, since: since, deadline: deadline, completion: ended))
        case .submit, .amend, .withdraw, .attach:
            calls[id] = .rehearsal(ended)
            rehearsals.append(id)
            timer?.deadline = 0
        }
        return id
    }

    public func cancel(_ id: CallID) {
        // A rehearsal is answered in a moment anyway.
        if case .read(let read) = calls[id] { reads.cancel(read) }
    }

    private func answerRehearsals() {
        let due = rehearsals
        rehearsals = []
        for id in due {
            guard case .rehearsal(let completion) = calls[id] else { continue }
            completion(.success(.rehearsed))
        }
    }

    public var callsInFlight: Int { reads.callsInFlight }
    public var statistics: PortalStatistics { reads.statistics }
    public var certificateStatus: CertificateStatus { reads.certificateStatus }
    public var onCredentialsReplaced: (() -> Void)? {
        get { reads.onCredentialsReplaced }
        set { reads.onCredentialsReplaced = newValue }
    }
}
