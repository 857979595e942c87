/// The closed set of reasons for a dead letter. Its raw values stand in headers, so they are stable.
///
/// This is where a dead letter's category is decided; which reason a portal's answer leads to is in `Classification`.
public enum FailureReason: String, Sendable, CaseIterable {
    // certificate
    case expired
    case notYetValid = "not-yet-valid"
    case revoked
    case unknownIssuer = "unknown-issuer"
    case notRegistered = "not-registered"
    case tokenRefused = "token-refused"
    case certificateRefused = "certificate-refused"
    case certificateUnusable = "certificate-unusable"

    // environment
    case wrongHost = "wrong-host"
    case tokenForOtherEnvironment = "token-for-other-environment"
    case serverCertificate = "server-certificate"
    case unexpectedAPI = "unexpected-api"
    case portalUnavailable = "portal-unavailable"

    // validation
    case malformed
    case invalidCPR = "invalid-cpr"
    case substituteCPR = "substitute-cpr"
    case creditorNotAllowed = "creditor-not-allowed"
    case diedBeforePortal = "died-before-portal"
    case attachmentMismatch = "attachment-mismatch"
    case attachmentUnusable = "attachment-unusable"
    case attachmentRefused = "attachment-refused"
    case estateAmbiguous = "estate-ambiguous"
    case estateNotFound = "estate-not-found"
    case estateClosed = "estate-closed"
    case conflictingReference = "conflicting-reference"
    case unknownFiling = "unknown-filing"
    case filingWithdrawn = "filing-withdrawn"
    case refusedByPortal = "refused-by-portal"

    public var category: FailureCategory {
        switch self {
        case .expired, .notYetValid, .revoked, .unknownIssuer, .notRegistered, .tokenRefused, .certificateRefused,
            .certificateUnusable:
            .certificate
        case .wrongHost, .tokenForOtherEnvironment, .serverCertificate, .unexpectedAPI, .portalUnavailable:
            .environment
        case .malformed, .invalidCPR, .substituteCPR, .creditorNotAllowed, .diedBeforePortal, .attachmentMismatch,
            .attachmentUnusable, .attachmentRefused, .estateAmbiguous, .estateNotFound, .estateClosed,
            .conflictingReference, .unknownFiling, .filingWithdrawn, .refusedByPortal:
            .validation
        }
    }
}
