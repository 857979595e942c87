/// One call to the portal, in the words of the domain. How it looks on the wire is the `Portal` module's affair.
public enum PortalCall: Hashable, Sendable {
    /// Which estates does this person have? Changes nothing.
    case search(Deceased)
    /// What has this creditor filed under this reference in this estate? Changes nothing.
    case lookUp(EstateID, FilingIdentity)
    /// Which of these estates have changed since then, by the portal's clock? Changes nothing.
    case changes([EstateID], since: Timestamp)
    case submit(EstateID, FilingIdentity, FilingContents, idempotencyKey: String)
    case amend(EstateID, FilingID, FilingIdentity, FilingContents, idempotencyKey: String)
    case withdraw(EstateID, FilingID, FilingIdentity, idempotencyKey: String)
    /// Adds one attachment to a filing. What is inline lies in the value of the request record.
    case attach(EstateID, FilingID, FilingIdentity, Attachment, record: [UInt8], idempotencyKey: String)

    /// Whether the call changes something at the portal, so that its answer must not be lost.
    public var changesSomething: Bool {
        switch self {
        case .search, .lookUp, .changes: false
        case .submit, .amend, .withdraw, .attach: true
        }
    }
}

extension PortalCall {
    /// Whether it sends an attachment, so that its time depends on a size.
    public var isUpload: Bool { if case .attach = self { true } else { false } }
}

/// What the portal answered when all went well.
public enum PortalAnswer: Hashable, Sendable {
    /// To `search`, all pages.
    case estates([Estate])
    /// To `lookUp`, all pages.
    case filings([FiledRecord])
    /// To `changes`, all pages; and what the portal's clock said before the first of them was read, if it said anything.
    case changedEstates([Estate], at: Timestamp?)
    /// To `submit`, `amend` and `withdraw`.
    case receipt(FilingID, Receipt)
    /// To `attach`.
    case attached
    /// To whatever would change something, in a shadow: it was not sent, and would have been.
    case rehearsed
}

/// A filing as the portal has it.
public struct FiledRecord: Hashable, Sendable {
    /// The status of a filing that was just taken, of which the portal's answer says nothing. Provisional, like all of its words.
    public static let freshStatus = "modtaget"

    public let id: FilingID
    /// Of the last change that took effect.
    public let receipt: Receipt
    public let isWithdrawn: Bool
    /// In the portal's own words, of which only some are known to us.
    public let status: String?
    public let attached: [AttachedFile]
    /// What is filed, without its attachments; nil when that could not be read.
    public let contents: FilingContents?

    public init(
        id: FilingID, receipt: Receipt, isWithdrawn: Bool, status: String? = nil, attached: [AttachedFile] = [],
        contents: FilingContents? = nil
    ) {
        self.id = id
        self.receipt = receipt
        self.isWithdrawn = isWithdrawn
        self.status = status
        self.attached = attached
        self.contents = contents
    }
}

/// Why a call did not succeed.
public struct PortalFailure: Error, Hashable, Sendable {
    /// Everything that can go wrong with a call, in the order in which a call proceeds.
    public enum Cause: Hashable, Sendable {
        /// The call's deadline had passed before its first byte went out, or it was cancelled before that.
        case notStarted
        /// Our certificate or key cannot be used: missing, unreadable, or the two do not belong together.
        case clientCertificateUnusable
        case nameNotResolved
        case connectionRefused
        case connectTimedOut
        /// The server's certificate does not verify: wrong host, unknown issuer, expired.
        case serverCertificateRefused
        /// The server refused our certificate by a TLS alert.
        case clientCertificateRefused(ClientCertificateAlert)
        case tlsFailed
        /// No answer within the time that the call may take.
        case timedOut
        /// The connection was cut before the answer was complete.
        case connectionLost
        /// A status that is no success. `code` is the portal's own error code, on which nothing may rest.
        case status(Int, code: String?)
        /// A redirect, which is never followed: the environment, host and certificate are one closed set.
        case redirected
        /// A success whose body is not what it must be: no JSON, cut off, or another shape.
        case unexpectedBody
        case bodyTooLarge
        /// An attachment is not what can be sent; no byte of it was taken for complete.
        case attachment(AttachmentProblem)
    }

    /// What a server says of our certificate (RFC 8446 § 6.2).
    public enum ClientCertificateAlert: String, Hashable, Sendable {
        case expired
        case revoked
        case unknownIssuer = "unknown-issuer"
        case required
        case other
    }

    public let cause: Cause
    /// Whether the failure befell the token request that precedes the call; the call itself was not sent then.
    public let ofToken: Bool
    /// False only when it is certain that the portal did not process the call: no byte of it left, or the answer says so.
    public let mayHaveTakenEffect: Bool
    /// What `Retry-After` asked for, in milliseconds from the answer.
    public let retryAfter: Int64?
    /// For people: never holds a body, a CPR number, a token or a key.
    public let detail: String

    public init(
        _ cause: Cause, ofToken: Bool = false, mayHaveTakenEffect: Bool, retryAfter: Int64? = nil, detail: String = ""
    ) {
        self.cause = cause
        self.ofToken = ofToken
        self.mayHaveTakenEffect = mayHaveTakenEffect
        self.retryAfter = retryAfter
        self.detail = detail
    }

    /// The HTTP status, when there was an answer.
    public var status: Int? {
        if case .status(let status, _) = cause { status } else { nil }
    }
}
