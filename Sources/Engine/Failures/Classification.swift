import Estates

/// What to do after a call that did not succeed.
enum Verdict: Hashable {
    /// It may pass: try again after a back-off.
    case retry
    /// It will not pass by itself: the request is dead-lettered for this reason.
    case deadLetter(FailureReason, String)
    /// A success that is not what the portal's API describes. It may pass, since maintenance pages and proxies answer like
    /// that: the call is made again like one that was not answered, `EngineSettings.oddAnswers` times, before the request
    /// is dead-lettered as `unexpected-api`.
    case oddAnswer(String)
    /// It will not pass by itself and is the same for every request, which waits until it is mended: the call was a probe,
    /// or `portal.failure.policy` is `hold`. No table leads to it; it takes the place of a dead letter.
    case hold(FailureReason, String)
    /// The portal does not do this one thing for us, and does all others: only following estates suffers.
    case refused(String)
    /// The estate is no longer where we found it: search again.
    case seekAgain
    /// The portal says that the filing is there already.
    case alreadyThere
    /// The portal says that the filing is gone.
    case gone
}

extension Verdict {
    /// The one table of everything that a call can meet. It is about calls that surely had no effect, and about reads;
    /// a changing call that may have had an effect is looked up before any of this is asked.
    init(_ failure: PortalFailure, to call: CallPurpose) {
        switch failure.cause {
        case .notStarted, .nameNotResolved, .connectionRefused, .connectTimedOut, .tlsFailed, .timedOut,
            .connectionLost:
            self = .retry
        case .clientCertificateUnusable:
            self = .deadLetter(.certificateUnusable, "the client certificate or its key cannot be used")
        case .clientCertificateRefused(let alert):
            self = .deadLetter(Verdict.reason(alert), "the portal's server refused our certificate: \(alert.rawValue)")
        case .serverCertificateRefused:
            self = .deadLetter(.serverCertificate, "the portal's server showed a certificate that does not verify")
        case .redirected:
            self = .deadLetter(.wrongHost, "the portal redirects elsewhere, which is never followed")
        case .attachment(.mismatch):
            self = .deadLetter(.attachmentMismatch, failure.detail)
        case .attachment(.unusable):
            self = .deadLetter(.attachmentUnusable, failure.detail)
        case .attachment(.unavailable):
            self = .retry
        case .unexpectedBody, .bodyTooLarge:
            self = .oddAnswer("the portal's answer is not what its API describes: \(failure.detail)")
        case .status(let status, _):
            self = failure.ofToken ? Verdict(tokenStatus: status) : Verdict(status: status, to: call)
        }
    }

    private init(tokenStatus status: Int) {
        switch status {
        case 408, 425, 429, 500...599: self = .retry
        default: self = .deadLetter(.tokenRefused, "the token request was refused with status \(status)")
        }
    }

    private init(status: Int, to call: CallPurpose) {
        switch (status, call) {
        case (408, _), (425, _), (429, _), (500...599, _):
            self = .retry
        case (401, _):
            // The client has tried again with a token that was issued a moment ago. Whoever issued it takes us for who we
            // are, so it is not our credential that is wrong: the two do not belong together.
            self = .deadLetter(.tokenForOtherEnvironment, "the portal refused a token that had just been issued")
        case (_, .changes), (_, .status):
            self = .refused("the portal answered a question about a followed estate with status \(status)")
        case (403, _):
            self = .deadLetter(.notRegistered, "the portal knows the certificate and does not let it do this")
        case (404, .change), (404, .lookUp), (404, .attach):
            self = .seekAgain
        case (409, .change), (409, .attach):
            self = .alreadyThere
        case (410, .change), (410, .lookUp), (410, .attach):
            self = .gone
        case (400, .change), (422, .change), (413, .change):
            self = .deadLetter(.refusedByPortal, "the portal refused the filing with status \(status)")
        case (400, .attach), (422, .attach), (413, .attach), (415, .attach):
            self = .deadLetter(.attachmentRefused, "the portal refused the attachment with status \(status)")
        case (400, .search), (422, .search):
            self = .deadLetter(.refusedByPortal, "the portal refused the search with status \(status)")
        default:
            self = .deadLetter(.unexpectedAPI, "the portal answered with status \(status)")
        }
    }

    private static func reason(_ alert: PortalFailure.ClientCertificateAlert) -> FailureReason {
        switch alert {
        case .expired: .expired
        case .revoked: .revoked
        case .unknownIssuer: .unknownIssuer
        case .required, .other: .certificateRefused
        }
    }
}
