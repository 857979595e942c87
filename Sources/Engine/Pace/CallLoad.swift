import Estates

/// What a call's end says of how much the portal has to do.
enum CallLoad: Hashable {
    /// It answered; how long that took tells the rest.
    case answered
    /// It says so, or did not come to answer in time.
    case overloaded
    /// Nothing: connections break, names do not resolve and certificates expire whatever the load is.
    case unknown

    /// - Parameter failure: nil when there was none.
    init(_ failure: PortalFailure?) {
        switch failure?.cause {
        case nil: self = .answered
        case .timedOut, .connectTimedOut, .status(429, _), .status(503, _): self = .overloaded
        case .status(let status, _): self = status < 500 ? .answered : .unknown
        case .notStarted, .clientCertificateUnusable, .nameNotResolved, .connectionRefused, .serverCertificateRefused,
            .clientCertificateRefused, .tlsFailed, .connectionLost, .redirected, .unexpectedBody, .bodyTooLarge,
            .attachment:
            self = .unknown
        }
    }
}
