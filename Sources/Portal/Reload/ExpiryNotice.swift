/// Says once a day that the certificate is about to expire, from 30 days before.
struct ExpiryNotice {
    static let warningDays = 30

    private var lastNotice: Int64?
    private var hasToldExpiry = false

    /// - Parameter now: seconds since 1970.
    mutating func due(_ certificate: Certificate, now: Int64) -> (PortalLogLevel, String)? {
        let days = certificate.daysToExpiry(now: now)
        guard days < ExpiryNotice.warningDays else { return nil }
        let isExpired = now > certificate.notAfter
        // That it has expired is told at once, whenever the last warning was.
        if let lastNotice, now - lastNotice < 86_400, isExpired == hasToldExpiry { return nil }
        lastNotice = now
        hasToldExpiry = isExpired
        if isExpired { return (.error, CredentialProblem.expired(at: certificate.notAfter).description) }
        return (
            .warning,
            "the certificate expires in \(days) days; order a new one in MitID Erhverv and replace the files"
        )
    }
}
