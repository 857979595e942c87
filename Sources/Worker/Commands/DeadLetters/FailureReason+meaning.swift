import Engine

extension FailureReason {
    /// What happened, for people. Also the source of docs/failures.md.
    var meaning: String {
        switch self {
        case .expired: "The portal's server refused our certificate: it has expired."
        case .notYetValid: "Our certificate is not valid yet."
        case .revoked: "The portal's server refused our certificate: it has been revoked."
        case .unknownIssuer:
            "The portal's server does not know the issuer of our certificate; a test certificate in production, or the reverse."
        case .notRegistered: "The portal knows who we are and does not let us do this (403)."
        case .tokenRefused: "The token request was refused."
        case .certificateRefused: "The portal's server refused our certificate and gave no particular reason."
        case .certificateUnusable:
            "The certificate or its key cannot be used: unreadable, or they do not belong together."
        case .wrongHost: "The portal redirects elsewhere, which is never followed."
        case .tokenForOtherEnvironment:
            "The portal refused a token that had just been issued (401): it is for another environment, or another scope."
        case .serverCertificate:
            "The portal's server showed a certificate that does not verify: another host, unknown issuer, expired."
        case .unexpectedAPI: "What answered does not speak the portal's API: another status, another body."
        case .portalUnavailable: "The portal could not be reached, or answered 429 or 5xx, for all of retry.horizon."
        case .malformed: "The record cannot be read: no key, no JSON, or a field is missing or wrong."
        case .invalidCPR: "The CPR number has the wrong form or a date that does not exist."
        case .substituteCPR: "A substitute CPR number (60 added to the day), which no real person has, in production."
        case .creditorNotAllowed: "The creditor, or the one on whose behalf it files, is not in creditors.allowed."
        case .diedBeforePortal: "The person died before the portal took estates; the court takes such claims by mail."
        case .attachmentMismatch: "An attachment's contents are not those that its sha256 and its size tell of."
        case .attachmentUnusable:
            "An attachment is too large, or names no file below attachments.folder that may be read; links are not followed."
        case .attachmentRefused: "The portal has the filing and refused an attachment (400, 409, 413, 415 or 422)."
        case .estateAmbiguous: "Several estates match the person, and choosing one is not the worker's to do."
        case .estateNotFound: "No estate was found for all of estate.wait.horizon."
        case .estateClosed: "The estate is closed and takes no filings any more (410)."
        case .conflictingReference: "The same reference of the same creditor and kind was filed with other contents."
        case .unknownFiling: "A filing is to be amended or withdrawn that was never filed through this installation."
        case .filingWithdrawn: "A filing is to be changed that has been withdrawn."
        case .refusedByPortal: "The portal refused the request itself (400, 413 or 422)."
        }
    }

    /// What to do about it, for people.
    var remedy: String {
        switch self {
        case .expired, .revoked: "Get a new certificate, register it, set portal.certificate.file; then replay."
        case .notYetValid: "Wait until it is valid, or see to the machine's clock; then replay."
        case .unknownIssuer, .certificateRefused:
            "See that the certificate is the one for this portal.environment, with its chain; then replay."
        case .notRegistered: "Have the certificate registered at the portal for these calls; then replay."
        case .tokenRefused: "See portal.client.id, portal.token.* and the certificate's registration; then replay."
        case .certificateUnusable: "See portal.certificate.file, portal.key.file and the password; then replay."
        case .tokenForOtherEnvironment:
            "See that portal.token.url, portal.token.scope and portal.environment belong together; then replay."
        case .wrongHost: "See portal.environment, and what stands between us and the portal; then replay."
        case .serverCertificate: "See portal.ca.file, and who answers in the portal's place; then replay."
        case .unexpectedAPI: "See whether the portal's API has changed, or a proxy answers for it; then replay."
        case .portalUnavailable: "Replay when the portal is back; see that the deadline of the claim has not passed."
        case .malformed, .invalidCPR: "Correct the record where it is made, and send it again."
        case .substituteCPR: "Keep test data out of production."
        case .creditorNotAllowed: "Add it to creditors.allowed, if it may file through this installation; then replay."
        case .diedBeforePortal: "File it with the court by mail."
        case .attachmentMismatch: "Correct the file or the request; a file that is right by now is found by a replay."
        case .attachmentUnusable: "Put the file where the request says, or see attachments.*; then replay."
        case .attachmentRefused:
            "Send the request with action amend and an attachment that the portal takes; what it has already stays."
        case .estateAmbiguous: "Find out which estate is meant, and file on the portal's pages."
        case .estateNotFound: "See that the person is the right one; replay to wait for another horizon."
        case .estateClosed: "File with the court directly, if the claim can still be made."
        case .conflictingReference: "Send it with action amend, if it is the same claim, or with another reference."
        case .unknownFiling: "Submit it first; what was filed by other means is changed by the same means."
        case .filingWithdrawn: "Submit it anew."
        case .refusedByPortal: "Correct the request and send it again; the portal's log at the court may tell more."
        }
    }
}
