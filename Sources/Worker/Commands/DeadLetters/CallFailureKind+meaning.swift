import Engine

/// The table of calls' failures in docs/failures.md.
extension CallFailureKind {
    static let tableHead = """
        | what a call met | what it means | a search | a change | an attachment | the gate | replay |
        | --- | --- | --- | --- | --- | --- | --- |
        """

    var row: String {
        let (met, meaning) = description
        let others = isOfUpload ? "– | –" : "\(text(ofSearch)) | \(text(ofChange))"
        return "| \(met) | \(meaning) | \(others) | \(uploadText) | \(gateText) | \(replayText) |"
    }

    private func text(_ consequence: CallConsequence) -> String {
        switch consequence {
        case .triedAgain: "tried again"
        case .deadLetter(let reason): "`\(reason.rawValue)`"
        case .triedAgainSomeTimes: "tried again; the eighth time in a row `\(FailureReason.unexpectedAPI.rawValue)`"
        case .soughtAgain: "the estate is sought again"
        case .alreadyThere:
            "looked up if an answer was lost before; else `\(FailureReason.conflictingReference.rawValue)`"
        case .refused: "left out"
        case .gone: "a withdrawal is done; else `\(FailureReason.estateClosed.rawValue)`"
        }
    }

    private var uploadText: String {
        switch ofUpload {
        case .soughtAgain: "looked up"
        case .alreadyThere: "looked up; the second time `\(FailureReason.attachmentRefused.rawValue)`"
        case .gone: "`\(FailureReason.estateClosed.rawValue)`"
        case .triedAgain, .deadLetter, .triedAgainSomeTimes, .refused: text(ofUpload)
        }
    }

    private var gateText: String {
        let (search, change, upload) = ofGate
        if isOfUpload || search == change && change == upload { return text(upload) }
        let closing = [(search, "a search"), (change, "a change"), (upload, "an attachment")].filter { $0.0 != .none }
        return "closes at once, for \(closing.map { $0.1 }.joined(separator: " and "))"
    }

    private func text(_ consequence: GateConsequence) -> String {
        switch consequence {
        case .none: "–"
        case .closesByRate: "closes when half of the calls fail"
        case .closesAtOnce: "closes at once"
        }
    }

    private var replayText: String {
        let consequences = isOfUpload ? [ofUpload] : [ofSearch, ofChange, ofUpload]
        if consequences.allSatisfy({ $0 == .triedAgain }) { return "not needed" }
        let reasons = Set(consequences.compactMap { $0.reason?.category })
        if reasons == [.validation], !isOfUpload, consequences.allSatisfy({ $0.reason != nil }) {
            return "no: correct it and send it again"
        }
        return reasons.contains(.validation) ? "see the reason" : "when it is mended"
    }

    private var description: (met: String, meaning: String) {
        switch self {
        case .attachmentMismatch:
            ("not sent: another digest or size", "The file is not the one that the request names.")
        case .attachmentUnusable: ("not sent: no such file", "Or one that may not be sent, or is too large.")
        case .attachmentUnavailable: ("not sent: the file cannot be read now", "An error of the file system.")
        case .notStarted: ("not sent", "Its time was over before its first byte, or its partition was given up.")
        case .certificateUnusable: ("our certificate cannot be used", "OpenSSL refuses our certificate or key.")
        case .nameNotResolved: ("DNS", "The portal's name has no address.")
        case .connectionRefused: ("connection refused", "Nobody listens there.")
        case .connectTimedOut: ("no connection in time", "TCP or TLS took longer than they may.")
        case .serverCertificate:
            ("the server's certificate does not verify", "Another host, an issuer that is not trusted, or expired.")
        case .alertExpired: ("TLS alert `certificate_expired`", "The server says that our certificate has expired.")
        case .alertRevoked: ("TLS alert `certificate_revoked`", "The server says that our certificate is revoked.")
        case .alertUnknownIssuer: ("TLS alert `unknown_ca`", "The server does not know our certificate's issuer.")
        case .alertRequired: ("TLS alert `certificate_required`", "The server wants a certificate and got none.")
        case .alertOther:
            (
                "TLS alert `bad_certificate`, `unsupported_certificate`, `certificate_unknown`, `access_denied`, `decrypt_error`",
                "The server refuses our certificate and does not say why."
            )
        case .tlsFailed: ("any other TLS failure", "No common version or cipher, or what answers is not TLS.")
        case .timedOut: ("no answer in time", "Sent, in part or whole, and not answered within portal.call.timeout.")
        case .connectionLost: ("connection lost", "Reset or closed before the answer was complete.")
        case .redirected: ("3xx", "Never followed: environment, host and certificate are one closed set.")
        case .unexpectedBody:
            ("2xx with another body", "HTML, no JSON, cut off, or another shape: often a maintenance page.")
        case .bodyTooLarge: ("2xx with a huge body", "More than 1 MB; no more of it is read.")
        case .badRequest: ("400, 422", "The portal refuses the contents.")
        case .unauthorized: ("401, also with a fresh token", "The portal refuses a token that was issued a moment ago.")
        case .forbidden: ("403", "The portal knows who we are and does not let us do this.")
        case .notFound: ("404", "No such estate any more; for a search, another API or environment.")
        case .requestTimeout: ("408, 425", "The server did not wait for the whole request.")
        case .conflict: ("409", "The reference is filed.")
        case .gone: ("410", "The estate is closed, or the filing withdrawn.")
        case .tooLarge: ("413", "The portal does not take so much.")
        case .unsupportedMediaType: ("415", "The portal does not take files of this type.")
        case .tooManyRequests: ("429", "Too many calls. `Retry-After` is honoured, and fewer calls are made at once.")
        case .serverError: ("5xx", "The portal fails. `Retry-After` is honoured.")
        case .otherStatus: ("any other status", "Not of the portal's API.")
        case .tokenBusy: ("token request: 408, 425, 429, 5xx", "The token server fails.")
        case .tokenRefused:
            ("token request: any other status", "The token server refuses our certificate or client id.")
        }
    }
}

extension CallConsequence {
    /// Of the dead letter that it may lead to by itself.
    fileprivate var reason: FailureReason? {
        switch self {
        case .deadLetter(let reason): reason
        case .triedAgainSomeTimes: .unexpectedAPI
        case .gone: .estateClosed
        case .alreadyThere: .conflictingReference
        case .triedAgain, .soughtAgain, .refused: nil
        }
    }
}
