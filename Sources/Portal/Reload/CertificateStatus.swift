import Estates

/// The certificate in use and how it fares, for metrics and status.
public struct CertificateStatus: Hashable, Sendable {
    /// What became of the last replacement of the files.
    public enum Reload: Hashable, Sendable {
        /// They have not been replaced since the start.
        case none
        /// In use since then; times are seconds since 1970.
        case done(at: Int64)
        /// Not usable yet; perhaps not all files are written.
        case waiting(since: Int64, [CredentialProblem])
        /// Not usable. The old ones stay in use.
        case failed(at: Int64, [CredentialProblem])
    }

    /// Nil when the settings name no certificate.
    public let chain: CertificateChain?
    public let lastReload: Reload
    /// Replacements that were taken into use.
    public let reloads: UInt64
    /// Replacements that were told as failures.
    public let failedReloads: UInt64
    /// When this was asked for; seconds since 1970.
    public let now: Int64

    public var certificateClass: CertificateClass? { chain?.certificateClass }
    public var cvr: CVRNumber? { chain?.leaf.cvr }
    /// Negative when it has expired.
    public var secondsToExpiry: Int64? { chain.map { $0.leaf.notAfter - now } }
    public var daysToExpiry: Int? { chain?.leaf.daysToExpiry(now: now) }

    /// What a person should do something about; nil when all is well.
    public var problem: String? {
        if let leaf = chain?.leaf, now > leaf.notAfter {
            return CredentialProblem.expired(at: leaf.notAfter).description
        }
        switch lastReload {
        case .none, .done, .waiting: return nil
        case .failed(_, let problems): return problems.map(\.description).joined(separator: "\n")
        }
    }
}
