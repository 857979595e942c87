import Estates
import EventLoop

/// A portal's client that can only read: it has no way to make a call that changes something, whoever asks for it.
///
/// The client itself is private to this file. Whatever is added here must be a call that changes nothing.
final class PortalReads {
    private let client: PortalClient

    init(
        settings: PortalSettings, loop: EventLoop, log: @escaping @Sendable (PortalLogLevel, String) -> Void
    ) throws(PortalSetupError) {
        client = try PortalClient(settings: settings, loop: loop, log: log)
    }

    func search(_ deceased: Deceased, deadline: Int64, completion: @escaping PortalClient.Completion) -> CallID {
        client.start(.search(deceased), deadline: deadline, completion: completion)
    }

    func lookUp(
        _ estate: EstateID, _ identity: FilingIdentity, deadline: Int64, completion: @escaping PortalClient.Completion
    ) -> CallID {
        client.start(.lookUp(estate, identity), deadline: deadline, completion: completion)
    }

    func changes(
        _ estates: [EstateID], since: Timestamp, deadline: Int64, completion: @escaping PortalClient.Completion
    ) -> CallID { client.start(.changes(estates, since: since), deadline: deadline, completion: completion) }

    func cancel(_ id: CallID) { client.cancel(id) }

    var callsInFlight: Int { client.callsInFlight }
    var statistics: PortalStatistics { client.statistics }
    var certificateStatus: CertificateStatus { client.certificateStatus }
    var onCredentialsReplaced: (() -> Void)? {
        get { client.onCredentialsReplaced }
        set { client.onCredentialsReplaced = newValue }
    }
}
