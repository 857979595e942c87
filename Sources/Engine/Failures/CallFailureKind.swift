import Estates

/// Everything that a call to the portal can meet: the rows of the table in docs/failures.md, and of the test that walks all
/// of them with real sockets. What each leads to is not said here but asked of `Verdict` and `CallSign`.
package enum CallFailureKind: CaseIterable, Sendable {
    case attachmentMismatch
    case attachmentUnusable
    case attachmentUnavailable
    case notStarted
    case certificateUnusable
    case nameNotResolved
    case connectionRefused
    case connectTimedOut
    case serverCertificate
    case alertExpired
    case alertRevoked
    case alertUnknownIssuer
    case alertRequired
    case alertOther
    case tlsFailed
    case timedOut
    case connectionLost
    case redirected
    case unexpectedBody
    case bodyTooLarge
    case badRequest
    case unauthorized
    case forbidden
    case notFound
    case requestTimeout
    case conflict
    case gone
    case tooLarge
    case unsupportedMediaType
    case tooManyRequests
    case serverError
    case otherStatus
    case tokenBusy
    case tokenRefused

    package init(_ failure: PortalFailure) {
        switch failure.cause {
        case .attachment(.mismatch): self = .attachmentMismatch
        case .attachment(.unusable): self = .attachmentUnusable
        case .attachment(.unavailable): self = .attachmentUnavailable
        case .notStarted: self = .notStarted
        case .clientCertificateUnusable: self = .certificateUnusable
        case .nameNotResolved: self = .nameNotResolved
        case .connectionRefused: self = .connectionRefused
        case .connectTimedOut: self = .connectTimedOut
        case .serverCertificateRefused: self = .serverCertificate
        case .clientCertificateRefused(.expired): self = .alertExpired
        case .clientCertificateRefused(.revoked): self = .alertRevoked
        case .clientCertificateRefused(.unknownIssuer): self = .alertUnknownIssuer
        case .clientCertificateRefused(.required): self = .alertRequired
        case .clientCertificateRefused(.other): self = .alertOther
        case .tlsFailed: self = .tlsFailed
        case .timedOut: self = .timedOut
        case .connectionLost: self = .connectionLost
        case .redirected: self = .redirected
        case .unexpectedBody: self = .unexpectedBody
        case .bodyTooLarge: self = .bodyTooLarge
        case .status(let status, _) where failure.ofToken: self.init(tokenStatus: status)
        case .status(let status, _): self.init(status: status)
        }
    }

    private init(status: Int) {
        switch status {
        case 400, 422: self = .badRequest
        case 401: self = .unauthorized
        case 403: self = .forbidden
        case 404: self = .notFound
        case 408, 425: self = .requestTimeout
        case 409: self = .conflict
        case 410: self = .gone
        case 413: self = .tooLarge
        case 415: self = .unsupportedMediaType
        case 429: self = .tooManyRequests
        case 500...599: self = .serverError
        default: self = .otherStatus
        }
    }

    private init(tokenStatus status: Int) {
        switch status {
        case 408, 425, 429, 500...599: self = .tokenBusy
        default: self = .tokenRefused
        }
    }

    /// One failure of the kind; all others of it lead to the same.
    package var example: PortalFailure {
        let cause: PortalFailure.Cause =
            switch self {
            case .attachmentMismatch: .attachment(.mismatch)
            case .attachmentUnusable: .attachment(.unusable)
            case .attachmentUnavailable: .attachment(.unavailable)
            case .notStarted: .notStarted
            case .certificateUnusable: .clientCertificateUnusable
            case .nameNotResolved: .nameNotResolved
            case .connectionRefused: .connectionRefused
            case .connectTimedOut: .connectTimedOut
            case .serverCertificate: .serverCertificateRefused
            case .alertExpired: .clientCertificateRefused(.expired)
            case .alertRevoked: .clientCertificateRefused(.revoked)
            case .alertUnknownIssuer: .clientCertificateRefused(.unknownIssuer)
            case .alertRequired: .clientCertificateRefused(.required)
            case .alertOther: .clientCertificateRefused(.other)
            case .tlsFailed: .tlsFailed
            case .timedOut: .timedOut
            case .connectionLost: .connectionLost
            case .redirected: .redirected
            case .unexpectedBody: .unexpectedBody
            case .bodyTooLarge: .bodyTooLarge
            case .badRequest: .status(400, code: nil)
            case .unauthorized: .status(401, code: nil)
            case .forbidden: .status(403, code: nil)
            case .notFound: .status(404, code: nil)
            case .requestTimeout: .status(408, code: nil)
            case .conflict: .status(409, code: nil)
            case .gone: .status(410, code: nil)
            case .tooLarge: .status(413, code: nil)
            case .unsupportedMediaType: .status(415, code: nil)
            case .tooManyRequests: .status(429, code: nil)
            case .serverError, .tokenBusy: .status(503, code: nil)
            case .otherStatus: .status(418, code: nil)
            case .tokenRefused: .status(401, code: nil)
            }
        return PortalFailure(cause, ofToken: self == .tokenBusy || self == .tokenRefused, mayHaveTakenEffect: false)
    }
}

/// What a failure leads to, as the table has it.
package enum CallConsequence: Hashable, Sendable {
    case triedAgain
    case deadLetter(FailureReason)
    /// Tried again, and dead-lettered when it happens so many times in a row.
    case triedAgainSomeTimes
    case soughtAgain
    case alreadyThere
    case gone
    /// Only of questions about followed estates, which no request waits for.
    case refused

    fileprivate init(_ verdict: Verdict) {
        switch verdict {
        case .retry: self = .triedAgain
        case .deadLetter(let reason, _), .hold(let reason, _): self = .deadLetter(reason)
        case .oddAnswer: self = .triedAgainSomeTimes
        case .seekAgain: self = .soughtAgain
        case .alreadyThere: self = .alreadyThere
        case .gone: self = .gone
        case .refused: self = .refused
        }
    }
}

/// What a failure does to the gate.
package enum GateConsequence: Hashable, Sendable { case none, closesByRate, closesAtOnce }

extension CallFailureKind {
    /// Only an upload can meet it.
    package var isOfUpload: Bool {
        switch self {
        case .attachmentMismatch, .attachmentUnusable, .attachmentUnavailable: true
        case .notStarted, .certificateUnusable, .nameNotResolved, .connectionRefused, .connectTimedOut,
            .serverCertificate, .alertExpired, .alertRevoked, .alertUnknownIssuer, .alertRequired, .alertOther,
            .tlsFailed,
            .timedOut, .connectionLost, .redirected, .unexpectedBody, .bodyTooLarge, .badRequest, .unauthorized,
            .forbidden,
            .notFound, .requestTimeout, .conflict, .gone, .tooLarge, .unsupportedMediaType, .tooManyRequests,
            .serverError,
            .otherStatus, .tokenBusy, .tokenRefused:
            false
        }
    }

    package var ofSearch: CallConsequence { CallConsequence(Verdict(example, to: .search)) }

    /// Of a change that surely had no effect; one that may have had any is looked up first.
    package var ofChange: CallConsequence { CallConsequence(Verdict(example, to: .change)) }

    /// As for a change, of an attachment's upload.
    package var ofUpload: CallConsequence { CallConsequence(Verdict(example, to: .attach)) }

    /// What it does to the gate, when a search, a change or an upload meets it.
    package var ofGate: (search: GateConsequence, change: GateConsequence, upload: GateConsequence) {
        (gate(.search), gate(.change), gate(.attach))
    }

    private func gate(_ purpose: CallPurpose) -> GateConsequence {
        switch CallSign(CallFailure(example, to: purpose)) {
        case .healthy, .busy, .inconclusive: .none
        case .unavailable: .closesByRate
        case .misfit: .closesAtOnce
        }
    }
}
