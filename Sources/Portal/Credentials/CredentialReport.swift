import Glibc

/// What the credential files hold, and what is wrong with them.
public struct CredentialReport: Sendable {
    /// Our certificate with its issuers, as far as they could be read: also when something is wrong with it.
    public let chain: CertificateChain?
    /// Everything that was found, in the order in which it should be put right.
    public let problems: [CredentialProblem]

    /// Reads the files that the settings name. Nothing is connected to.
    ///
    /// - Parameter now: seconds since 1970.
    public static func read(_ settings: PortalSettings, now: Int64 = Int64(time(nil))) -> CredentialReport {
        var reader = CredentialReader(settings: settings)
        _ = reader.read(now: now)
        return CredentialReport(chain: reader.chain, problems: reader.problems)
    }
}
