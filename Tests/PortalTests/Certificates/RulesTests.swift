import Portal
import Testing

/// Environment, host, token host and certificate are one closed set.
@Suite struct RulesTests {
    private func codes(
        _ certificates: [TestCertificate], _ environment: PortalSettings.Environment,
        authorities: [TestCertificate] = [], pins: [TestCertificate] = [], key: TestKey = .leaf
    ) -> [String] {
        let fingerprints = pins.map { OpenSSLFingerprint.sha256(of: $0) }
        return Reading.report(
            certificates, key: key, in: environment, authorities: authorities, pins: fingerprints
        ).problems.map(\.code)
    }

    @Test func aTestCertificateIsForTestOnly() {
        let chain = [TestCertificate.testLeaf, .testIssuing, .testRoot]
        #expect(codes(chain, .test, authorities: [.testRoot]) == [])
        #expect(codes(chain, .production, authorities: [.testRoot]) == ["test-certificate-in-production"])
        #expect(codes(chain, .simulator) == [])
        // A pin makes no production certificate of it.
        #expect(codes(chain, .production, pins: [.testIssuing]) == ["test-certificate-in-production"])
    }

    @Test func aProductionCertificateIsForProductionOnly() {
        let chain = [TestCertificate.productionLeaf, .productionIssuing, .productionRoot]
        #expect(codes(chain, .test) == ["production-certificate-in-test"])
        #expect(codes(chain, .simulator) == ["production-certificate-in-simulator"])
        #expect(codes(chain, .test, pins: [.productionIssuing]) == ["production-certificate-in-test"])
        // Pinned, since the real authority's key is not ours to use.
        #expect(codes(chain, .production, pins: [.productionIssuing]) == [])
        #expect(codes(chain, .production, pins: [.productionRoot]) == [])
    }

    /// The right name with another key behind it is the best of look-alikes.
    @Test func theNameAloneOpensNothing() {
        let chain = [TestCertificate.productionLeaf, .productionIssuing, .productionRoot]
        #expect(codes(chain, .production) == ["issuer-not-genuine"])
        #expect(codes([.productionLeaf], .production) == ["issuer-not-genuine"])
        // The file of authorities is about the server; it vouches for no production certificate.
        #expect(codes(chain, .production, authorities: [.productionRoot]) == ["issuer-not-genuine"])
        #expect(codes([.testLeaf, .testIssuing, .testRoot], .test) == ["issuer-not-genuine"])
    }

    @Test func anUnknownAuthorityHasToBePinned() {
        let root = TestCertificate.authority(TestName(("CN", "Our own CA")), key: .root)
        let leaf = TestCertificate(issuer: root.subject, signer: .root)
        for environment in [PortalSettings.Environment.production, .test] {
            #expect(codes([leaf, root], environment) == ["unknown-issuer"])
            #expect(codes([leaf, root], environment, authorities: [root]) == ["unknown-issuer"])
            #expect(codes([leaf, root], environment, pins: [root]) == [])
            // The pinned authority has to be there to be compared.
            #expect(codes([leaf], environment, pins: [root]) == ["unknown-issuer"])
        }
        #expect(codes([leaf, root], .simulator) == [])
    }

    /// Of the same name as the pinned one, and of another key.
    @Test func aPinIsTheKeyAndNotTheName() {
        let root = TestCertificate.authority(TestName(("CN", "Our own CA")), key: .root)
        let other = TestCertificate(
            subject: root.subject, issuer: root.subject, key: .stranger, signer: .stranger, until: 3650,
            isAuthority: true)
        let leaf = TestCertificate(issuer: root.subject, signer: .stranger)
        #expect(codes([leaf, root], .test, pins: [root]) == ["unknown-issuer"])
        #expect(codes([leaf, other, root], .test, pins: [root]) == ["unknown-issuer"])
    }

    @Test(arguments: ["", "AB:CD", String(repeating: "G", count: 64), String(repeating: "A", count: 40)])
    func aPinThatIsNoneIsNamed(pin: String) {
        let report = Reading.report([.testLeaf], in: .simulator, pins: [pin])
        #expect(report.problems == [.badPin(text: pin)])
    }

    @Test func aMissingIssuerIsNamedWithItsAddress() throws {
        let report = Reading.report([.testLeaf, .testRoot], in: .test, pins: [])
        #expect(report.problems.map(\.code) == ["issuer-not-genuine"])
        // Without a key identifier nothing contradicts the name, and what is missing is what there is to say.
        let leaf = TestCertificate(hasKeyIdentifiers: false, extensions: TestCertificate.testHosts)
        let problem = try #require(Reading.report([leaf], in: .test).problems.first)
        #expect(
            problem.what == "the certificate of the issuer is missing: C=DK, O=Den Danske Stat, OU=Test - cti, "
                + "CN=Den Danske Stat OCES udstedende-CA 1")
        #expect(problem.remedy.contains("http://ca1.cti-gov.dk/oces/issuing/1/cacert/issuing.cer"))
        #expect(codes([leaf, .testRoot], .test, authorities: [.testRoot]) == ["missing-issuer"])
    }

    @Test func anIssuerThatDidNotSignIsNamed() {
        let leaf = TestCertificate(signer: .stranger, hasKeyIdentifiers: false)
        let issuing = TestCertificate(
            subject: .testIssuer, issuer: .testRoot, key: .issuing, signer: .root, isAuthority: true,
            hasKeyIdentifiers: false)
        #expect(codes([leaf, issuing], .test, authorities: [.testRoot]) == ["not-signed-by-issuer"])
        let unknown = TestCertificate(issuer: .oces2("TRUST2408 Systemtest VIII CA"), signer: .stranger)
        let namesake = TestCertificate(
            subject: unknown.issuer, issuer: unknown.issuer, key: .root, signer: .root, isAuthority: true,
            hasKeyIdentifiers: false)
        var bare = unknown
        bare.hasKeyIdentifiers = false
        #expect(codes([bare, namesake], .test) == ["not-signed-by-issuer"])
    }

    /// Somebody's own certificate is no authority, though it can sign.
    @Test func onlyAnAuthorityIssues() throws {
        let fake = TestCertificate(subject: TestName(("CN", "x")), key: .otherLeaf)
        let leaf = TestCertificate(issuer: fake.subject, signer: .otherLeaf)
        let chain = try Reading.chain([leaf, fake, .testIssuing])
        #expect(chain.issuers.isEmpty)
        #expect(chain.certificateClass == .unknown)
    }

    @Test func timesAreKept() {
        var leaf = TestCertificate.testLeaf
        leaf.from = -30
        leaf.until = -1
        #expect(codes([leaf], .simulator) == ["expired"])
        leaf.from = 2
        leaf.until = 30
        #expect(codes([leaf], .simulator) == ["not-yet-valid"])
        var issuing = TestCertificate.testIssuing
        issuing.from = -30
        issuing.until = -1
        #expect(codes([.testLeaf, issuing, .testRoot], .simulator) == ["issuer-expired"])
    }

    @Test func aShortKeyIsRefused() {
        #expect(codes([TestCertificate(key: .short)], .simulator, key: .short) == ["key-too-short"])
    }
}
