/// The authorities that issue OCES certificates, as they published themselves. Names, fingerprints and key identifiers were
/// checked against the certificates.
struct KnownAuthority: Sendable {
    let name: DistinguishedName
    let certificateClass: CertificateClass
    let generation: CertificateGeneration
    let isRoot: Bool
    /// Of its certificate; nil where it is not known to us.
    let sha256: String?
    /// Its subject key identifier, which is in every certificate that it issues; nil where it is not known to us.
    let keyIdentifier: String?

    static let all: [KnownAuthority] = oces3 + oces2

    /// Common name first: so are the names encoded in every OCES3 certificate that we have seen, though most tools print
    /// them the other way round.
    private static let oces3 = [
        KnownAuthority(
            name: DistinguishedName(
                (DistinguishedName.commonName, "Den Danske Stat OCES udstedende-CA 1"),
                (DistinguishedName.organization, "Den Danske Stat"), (DistinguishedName.country, "DK")),
            certificateClass: .production, generation: .oces3, isRoot: false,
            sha256: "5B5662AA0112B984033A33AFD3A95A49A79C7AEE9C249428DD82BFD4C02D67B8",
            keyIdentifier: "4C01E2CA73BCC3BE380A383D36B05C749C7B97B9"),
        KnownAuthority(
            name: DistinguishedName(
                (DistinguishedName.commonName, "Den Danske Stat OCES rod-CA"),
                (DistinguishedName.organization, "Den Danske Stat"), (DistinguishedName.country, "DK")),
            certificateClass: .production, generation: .oces3, isRoot: true,
            sha256: "06FCB2CBA39D4486E5308AD86980BCD7ACD3B73B3BB126C75F6C4B4DA04C9C09",
            keyIdentifier: "33651B709634F00BA0879C83DE4C4F880CAD6EB6"),
        KnownAuthority(
            name: DistinguishedName(
                (DistinguishedName.commonName, "Den Danske Stat OCES udstedende-CA 1"),
                (DistinguishedName.organizationalUnit, "Test - cti"),
                (DistinguishedName.organization, "Den Danske Stat"), (DistinguishedName.country, "DK")),
            certificateClass: .test, generation: .oces3, isRoot: false,
            sha256: "57C785236AD7C9C986B94D49ABDAFD1B955C5509338FA43A7CE0D66088C8AF9B",
            keyIdentifier: "7F289FD9719942E275E7D735762E4D08256D765E"),
        KnownAuthority(
            name: DistinguishedName(
                (DistinguishedName.commonName, "Den Danske Stat OCES rod-CA"),
                (DistinguishedName.organizationalUnit, "Test - cti"),
                (DistinguishedName.organization, "Den Danske Stat"), (DistinguishedName.country, "DK")),
            certificateClass: .test, generation: .oces3, isRoot: true,
            sha256: "D1BCEC41D7ACAE932B7DFE66A8B7341CA75952C8664FCCEF4C4AE2150F95C5EC",
            keyIdentifier: "39DCDEDED0902647A0E0C66E497F26F2A92FF61B"),
    ]

    /// Country first. Their certificates have all expired, so their names are enough.
    private static let oces2 =
        ["Primary CA", "CA I", "CA II", "CA IV"].map { name in
            KnownAuthority(
                name: DistinguishedName(
                    (DistinguishedName.country, "DK"), (DistinguishedName.organization, "TRUST2408"),
                    (DistinguishedName.commonName, "TRUST2408 OCES \(name)")),
                certificateClass: .production, generation: .oces2, isRoot: name == "Primary CA", sha256: nil,
                keyIdentifier: nil)
        }

    /// The authority of exactly this name. Its parts may come from last to first as well, but in no other order: tools that
    /// build a certificate from a printed name encode it as it is printed.
    static func named(_ name: DistinguishedName) -> KnownAuthority? {
        all.first { $0.name == name || $0.name == name.reversed }
    }

    static func withFingerprint(_ sha256: String) -> KnownAuthority? { all.first { $0.sha256 == sha256 } }
}
