import Portal

/// What the client makes of certificates that a test hands it.
enum Reading {
    /// Our certificate first, then its issuers.
    static func report(
        _ certificates: [TestCertificate], key: TestKey = .leaf, in environment: PortalSettings.Environment,
        authorities: [TestCertificate] = [], pins: [String] = []
    ) -> CredentialReport {
        let folder = Folder()
        var settings = PortalSettings(environment: environment, tokenAuthentication: .mutualTLS)
        settings.certificateFile = folder.write("certificate.pem", certificates.map(\.pem).joined())
        settings.keyFile = folder.write("key.pem", key.pem())
        if !authorities.isEmpty { settings.caFile = folder.write("ca.pem", authorities.map(\.pem).joined()) }
        settings.certificateAuthorityPins = pins
        return CredentialReport.read(settings)
    }

    static func chain(_ certificates: [TestCertificate]) throws -> CertificateChain {
        guard let chain = report(certificates, in: .simulator).chain else { throw NoChain() }
        return chain
    }

    struct NoChain: Error {}
}
