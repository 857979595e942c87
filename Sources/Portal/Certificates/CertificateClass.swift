/// For which of the courts' environments a certificate is made.
public enum CertificateClass: String, Hashable, Sendable, CaseIterable {
    case test, production
    /// Neither, by the rule. Refused outside the simulator, unless the configuration pins the authority.
    case unknown
}

/// The generation of the Danish OCES certificates.
public enum CertificateGeneration: String, Hashable, Sendable, CaseIterable {
    /// Since 2021, by the Danish state.
    case oces3
    /// 2010 to 2023, by Nets (TRUST2408). None is valid any more.
    case oces2
    case other
}
