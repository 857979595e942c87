import Estates

/// What a call's end says of the portal, and of us.
enum CallSign: Hashable {
    /// It answered as it should, if not as one would like.
    case healthy
    /// It did not answer, or not as a portal that works does.
    case unavailable(GateCause)
    /// It works, and has too much to do.
    case busy
    /// Our certificate, our token or the environment is wrong, for every call.
    case misfit(GateCause)
    /// Nothing: the call was not made.
    case inconclusive

    /// - Parameter failure: nil when there was none.
    init(_ failure: CallFailure?) {
        guard let failure else {
            self = .healthy
            return
        }
        switch failure.verdict {
        case .deadLetter where failure.cause.isOfAttachment: self = .inconclusive
        case .retry:
            switch failure.cause.cause {
            case .notStarted, .attachment: self = .inconclusive
            case .status(429, _): self = .busy
            case .clientCertificateUnusable, .nameNotResolved, .connectionRefused, .connectTimedOut,
                .serverCertificateRefused, .clientCertificateRefused, .tlsFailed, .timedOut, .connectionLost, .status,
                .redirected, .unexpectedBody, .bodyTooLarge:
                self = .unavailable(GateCause(.portalUnavailable, "the portal does not answer: \(failure.cause.brief)"))
            }
        case .oddAnswer:
            self = .unavailable(
                GateCause(.portalUnavailable, "the portal answers with something else: a maintenance page?"))
        case .deadLetter(let reason, let message), .hold(let reason, let message):
            switch reason.category {
            case .certificate, .environment: self = .misfit(GateCause(reason, message))
            case .validation: self = .healthy
            }
        case .seekAgain, .alreadyThere, .gone, .refused:
            self = .healthy
        }
    }
}

extension PortalFailure {
    /// Nothing was sent, so it says nothing of the portal.
    fileprivate var isOfAttachment: Bool { if case .attachment = cause { true } else { false } }

    /// The cause in a few words, without what the portal said.
    fileprivate var brief: String { status.map { "status \($0)" } ?? "\(cause)" }
}
