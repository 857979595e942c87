import Estates

/// How a worker makes its calls: as the portal's client, or as a shadow that only reads. Belongs to the loop's thread.
public protocol PortalAccess: AnyObject {
    /// Starts a call (`PortalClient.start`).
    func start(_ call: PortalCall, deadline: Int64, completion: @escaping PortalClient.Completion) -> CallID
    /// Stops a call (`PortalClient.cancel`).
    func cancel(_ id: CallID)
    /// Calls whose completion has not been called yet.
    var callsInFlight: Int { get }
    /// What was done so far at the portal.
    var statistics: PortalStatistics { get }
    /// The certificate in use, and what became of its last replacement.
    var certificateStatus: CertificateStatus { get }
    /// Called from a turn of the loop when other credentials have come into use.
    var onCredentialsReplaced: (() -> Void)? { get set }
}

extension PortalClient: PortalAccess {}
