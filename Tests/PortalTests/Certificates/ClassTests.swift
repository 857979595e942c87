import Portal
import Testing

/// Test and production certificates have the same names but for one OU: they are told apart exactly.
@Suite struct ClassTests {
    @Test func theFourRealShapesAreRecognised() throws {
        let shapes: [([TestCertificate], CertificateClass, CertificateGeneration)] = [
            ([.testLeaf, .testIssuing, .testRoot], .test, .oces3), ([.testLeaf], .test, .oces3),
            ([.productionLeaf, .productionIssuing], .production, .oces3), ([.productionLeaf], .production, .oces3),
            ([TestCertificate(subject: .voces2, issuer: .oces2("TRUST2408 OCES CA IV"))], .production, .oces2),
            ([TestCertificate(subject: .voces2, issuer: .oces2("TRUST2408 OCES CA I"))], .production, .oces2),
            ([TestCertificate(subject: .voces2, issuer: .oces2("TRUST2408 Systemtest XXXIV CA"))], .test, .oces2),
            ([TestCertificate(subject: .voces2, issuer: .oces2("TRUST2408 Systemtest VIII CA"))], .test, .oces2),
        ]
        for (certificates, expected, generation) in shapes {
            let chain = try Reading.chain(certificates)
            #expect(chain.certificateClass == expected, "\(chain.leaf.issuer)")
            #expect(chain.generation == generation, "\(chain.leaf.issuer)")
        }
    }

    /// Tools that make a certificate from the printed name encode it from first to last.
    @Test func theNameMayBeEncodedFromEitherEnd() throws {
        let chain = try Reading.chain([TestCertificate(issuer: TestName.productionIssuer.reversed)])
        #expect(chain.certificateClass == .production)
        #expect(chain.leaf.issuer.description == "CN=Den Danske Stat OCES udstedende-CA 1, O=Den Danske Stat, C=DK")
    }

    @Test func anOldTestPolicyMakesATest() throws {
        let policy = [("certificatePolicies", "1.3.6.1.4.1.31313.2.4.6.3.5")]
        #expect(
            try Reading.chain([TestCertificate(issuer: .productionIssuer, extensions: policy)]).certificateClass
                == .test)
        let near = [("certificatePolicies", "1.3.6.1.4.1.313130.2")]
        let chain = try Reading.chain([TestCertificate(issuer: .productionIssuer, extensions: near)])
        #expect(chain.certificateClass == .production)
    }

    /// The authority above tells, though the one that issued it does not.
    @Test func aTestRootMakesATest() throws {
        let issuing = TestCertificate.authority(.productionIssuer, by: .testRoot)
        #expect(try Reading.chain([.productionLeaf, issuing]).certificateClass == .test)
        // One that merely lies in the same file does not.
        #expect(try Reading.chain([.productionLeaf, .testRoot, .testIssuing]).certificateClass == .production)
    }

    @Test func whatTheSubjectSaysDoesNotCount() throws {
        let subject = TestName.voces.adding("OU", "Test - cti")
        let production = TestCertificate(subject: subject, issuer: .productionIssuer)
        #expect(try Reading.chain([production]).certificateClass == .production)
        let named = TestCertificate(subject: .productionIssuer, issuer: TestName(("CN", "somebody")))
        #expect(try Reading.chain([named]).certificateClass == .unknown)
    }

    static let lookAlikes: [TestName] = [
        .productionIssuer.changing("CN", to: "den danske stat oces udstedende-ca 1"),
        .productionIssuer.changing("CN", to: "DEN DANSKE STAT OCES UDSTEDENDE-CA 1"),
        .productionIssuer.changing("CN", to: "Den Danske Stat OCES udstedende-CA 1 "),
        .productionIssuer.changing("CN", to: " Den Danske Stat OCES udstedende-CA 1"),
        .productionIssuer.changing("CN", to: "Den Danske Stat  OCES udstedende-CA 1"),
        .productionIssuer.changing("CN", to: "Den Danske Stat OCES udstedende-CA 2"),
        .productionIssuer.changing("CN", to: "Den Danske Stat OCES udstedende-CA 1\0"),
        // A Cyrillic С, and a hyphen that is none.
        .productionIssuer.changing("CN", to: "Den Danske Stat OCES udstedende-\u{421}A 1"),
        .productionIssuer.changing("CN", to: "Den Danske Stat OCES udstedende\u{2010}CA 1"),
        .productionIssuer.changing("CN", to: "Den Danske Stat OCES udstedende-CA\u{A0}1"),
        .productionIssuer.changing("CN", to: "Den Danske Stat OCES\u{200B} udstedende-CA 1"),
        .productionIssuer.changing("O", to: "den Danske Stat"), .productionIssuer.changing("C", to: "SE"),
        .productionIssuer.changing("C", to: "dk"), .productionIssuer.adding("OU", "Production"),
        .productionIssuer.adding("OU", "TEST - cti"), .productionIssuer.adding("OU", "test - cti"),
        .productionIssuer.adding("C", "DK"), .productionIssuer.adding("DC", "dk"),
        TestName(("O", "Den Danske Stat"), ("CN", TestName.issuingName), ("C", "DK")),
        TestName(("CN", TestName.issuingName), ("C", "DK"), ("O", "Den Danske Stat")),
        TestName(("CN", TestName.issuingName)), TestName(("O", TestName.issuingName)),
        TestName(("CN", "C=DK, O=Den Danske Stat, CN=Den Danske Stat OCES udstedende-CA 1")),
        // The root issues no certificates for us.
        .productionRoot, .oces2("TRUST2408 OCES Primary CA"), .oces2("TRUST2408 OCES CA III"),
        .oces2("TRUST2408 OCES CA V"), .oces2("TRUST2408 OCES CA VI"),
        .oces2("TRUST2408 OCES CA iv"), .oces2("TRUST2408 SYSTEMTEST VIII CA"), .oces2("TRUST2408 System test VIII CA"),
    ]

    @Test(arguments: lookAlikes.indices) func lookAlikesAreUnknownAndRefused(index: Int) throws {
        let leaf = TestCertificate(issuer: ClassTests.lookAlikes[index])
        #expect(try Reading.chain([leaf]).certificateClass == .unknown)
        for environment in [PortalSettings.Environment.production, .test] {
            #expect(Reading.report([leaf], in: environment).problems.map(\.code) == ["unknown-issuer"])
        }
    }

    @Test func aNearMissIsCalledOne() throws {
        let leaf = TestCertificate(issuer: .productionIssuer.changing("CN", to: TestName.issuingName + " "))
        let problem = try #require(Reading.report([leaf], in: .production).problems.first)
        #expect(problem.what.contains("CN=Den Danske Stat OCES udstedende-CA 1\\ ; it resembles C=DK"))
    }

    @Test func aPartOfTwoAttributesIsAnotherName() {
        let one = DistinguishedName(parts: [[.init(type: "2.5.4.3", value: "a"), .init(type: "2.5.4.6", value: "DK")]])
        let two = DistinguishedName(parts: [
            [.init(type: "2.5.4.3", value: "a")], [.init(type: "2.5.4.6", value: "DK")],
        ])
        #expect(one != two)
        // Swift's own comparison takes these two for the same letter.
        let composed = DistinguishedName(parts: [[.init(type: "2.5.4.3", value: "\u{E5}")]])
        #expect(composed != DistinguishedName(parts: [[.init(type: "2.5.4.3", value: "a\u{30A}")]]))
    }
}
