import Estates

extension PortalStatistics {
    /// How a call ended, coarse enough for a metric's label.
    public enum Outcome: String, Sendable, CaseIterable {
        case answered
        /// A status of 400 to 499, but not 429.
        case refused
        /// 429, or a status from 500.
        case unavailable
        /// No connection, or none that could be trusted.
        case unreachable
        /// The request may have been sent, and no usable answer came.
        case lost
        /// An answer that is not the portal's: a redirect, another body.
        case unexpected
        /// The token request or our certificate failed.
        case credential
        case notStarted = "not-started"

        init(_ failure: PortalFailure) {
            if failure.ofToken {
                self = .credential
                return
            }
            switch failure.cause {
            case .notStarted, .attachment: self = .notStarted
            case .clientCertificateUnusable, .clientCertificateRefused: self = .credential
            case .nameNotResolved, .connectionRefused, .connectTimedOut, .serverCertificateRefused, .tlsFailed:
                self = .unreachable
            case .timedOut, .connectionLost: self = .lost
            case .status(let status, _): self = status == 429 || status >= 500 ? .unavailable : .refused
            case .redirected, .unexpectedBody, .bodyTooLarge: self = .unexpected
            }
        }

        var index: Int {
            switch self {
            case .answered: 0
            case .refused: 1
            case .unavailable: 2
            case .unreachable: 3
            case .lost: 4
            case .unexpected: 5
            case .credential: 6
            case .notStarted: 7
            }
        }
    }
}
