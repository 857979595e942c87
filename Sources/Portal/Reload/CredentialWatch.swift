import EventLoop
import Glibc

/// Watches the credential files and hands over what replaces them. Belongs to the loop's thread, and must be closed before it
/// is let go.
final class CredentialWatch {
    private let settings: PortalSettings
    private let files: [String]
    private let loop: EventLoop
    private let log: (PortalLogLevel, String) -> Void
    private let onReplacement: (CredentialBundle) -> Void
    private var current: CredentialBundle
    private var schedule: ReloadSchedule<FileStamp?>
    private var notice = ExpiryNotice()
    private var timer: EventLoop.Timer?
    private var folders: FolderWatch?
    private(set) var lastReload = CertificateStatus.Reload.none
    private(set) var reloads: UInt64 = 0
    private(set) var failedReloads: UInt64 = 0

    /// - Parameters:
    ///   - stamps: of `CredentialWatch.files(of:)`, from before `current` was read.
    ///   - onReplacement: called from a turn of the loop.
    init(
        settings: PortalSettings, current: CredentialBundle, stamps: [FileStamp?], loop: EventLoop,
        log: @escaping (PortalLogLevel, String) -> Void, onReplacement: @escaping (CredentialBundle) -> Void
    ) {
        self.settings = settings
        self.current = current
        self.loop = loop
        self.log = log
        self.onReplacement = onReplacement
        files = CredentialWatch.files(of: settings)
        schedule = ReloadSchedule(stamps, now: MonotonicClock.nanoseconds())
        if files.isEmpty { return }
        timer = loop.makeTimer { [unowned self] in look() }
        // At once, for the notice of expiry.
        timer?.deadline = 0
        folders = FolderWatch(Set(files.map(CredentialWatch.folder)), loop: loop) { [unowned self] in
            schedule.hint(now: MonotonicClock.nanoseconds())
            timer?.deadline = schedule.nextLook
        }
    }

    func close() {
        folders?.close()
        folders = nil
        if let timer { loop.discard(timer) }
        timer = nil
    }

    var status: CertificateStatus {
        CertificateStatus(
            chain: current.credentials?.chain, lastReload: lastReload, reloads: reloads, failedReloads: failedReloads,
            now: Int64(time(nil)))
    }

    static func files(of settings: PortalSettings) -> [String] {
        [settings.certificateFile, settings.keyFile, settings.keyPasswordFile, settings.caFile].compactMap { $0 }
    }

    private static func folder(of file: String) -> String {
        guard let slash = file.lastIndex(of: "/") else { return "." }
        return slash == file.startIndex ? "/" : String(file[..<slash])
    }

    private func look() {
        let now = MonotonicClock.nanoseconds()
        if schedule.look(FileStamp.all(files), now: now) { attempt(now) }
        if let leaf = current.credentials?.chain.leaf, let (level, text) = notice.due(leaf, now: Int64(time(nil))) {
            log(level, text)
        }
        timer?.deadline = schedule.nextLook
    }

    private func attempt(_ now: Int64) {
        var reader = CredentialReader(settings: settings)
        guard let bundle = reader.read() else {
            failed(reader.problems, now)
            return
        }
        schedule.succeeded()
        switch lastReload {
        case .failed, .waiting:
            if bundle.isSame(as: current) { log(.info, "the credential files are again those in use") }
        case .none, .done: break
        }
        guard !bundle.isSame(as: current) else {
            // Touched, or put back: as if nothing had been.
            if case .done = lastReload { return }
            lastReload = .none
            return
        }
        current = bundle
        notice = ExpiryNotice()
        reloads += 1
        let seconds = Int64(time(nil))
        lastReload = .done(at: seconds)
        let days = bundle.credentials.map { " (\($0.chain.leaf.daysToExpiry(now: seconds)) days left)" } ?? ""
        log(.info, "the replaced credential files are in use for new connections\(days)")
        onReplacement(bundle)
    }

    private func failed(_ problems: [CredentialProblem], _ now: Int64) {
        let seconds = Int64(time(nil))
        if schedule.failed(now: now) {
            failedReloads += 1
            lastReload = .failed(at: seconds, problems)
            log(
                .error,
                "the replaced credential files cannot be used, the old ones stay in use: "
                    + problems.map(\.description).joined(separator: " | "))
        } else if case .failed(let at, _) = lastReload {
            lastReload = .failed(at: at, problems)
        } else if case .waiting(let since, _) = lastReload {
            lastReload = .waiting(since: since, problems)
        } else {
            lastReload = .waiting(since: seconds, problems)
        }
    }
}
