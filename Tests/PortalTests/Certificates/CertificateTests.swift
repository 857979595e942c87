import Estates
import Portal
import Testing

/// What is read from a certificate.
@Suite struct CertificateTests {
    @Test func allThatMattersIsRead() throws {
        let chain = try Reading.chain([.testLeaf, .testIssuing, .testRoot])
        let leaf = chain.leaf
        #expect(
            leaf.subject.description == "C=DK, 2.5.4.97=NTRDK-97281536, O=Testorganisation nr. 97281536, "
                + "SERIALNUMBER=UI:DK-O:G:b60fee55-6d77-41b1-a210-445658a727a6, CN=Testorganisation - system")
        #expect(
            leaf.issuer.description
                == "C=DK, O=Den Danske Stat, OU=Test - cti, CN=Den Danske Stat OCES udstedende-CA 1")
        #expect(leaf.cvr?.digits == "97281536")
        #expect(leaf.holderIdentifier == "b60fee55-6d77-41b1-a210-445658a727a6")
        #expect(leaf.serialNumber == "0EF2E26471114E10")
        #expect(leaf.signatureAlgorithm == "RSASSA-PSS")
        #expect(leaf.keyAlgorithm == "RSA")
        #expect(leaf.keyBits == 3072)
        #expect(!leaf.isAuthority)
        #expect(leaf.policies == ["0.4.0.2042.1.1", "1.2.208.169.1.1.1.3.7"])
        #expect(leaf.hosts == ["ca1.cti-gov.dk"])
        #expect(leaf.ocspAddresses == ["http://ca1.cti-gov.dk/ocsp"])
        #expect(leaf.crlAddresses == ["http://ca1.cti-gov.dk/oces/issuing/1/crl/issuing.crl"])
        #expect(leaf.issuerAddresses == ["http://ca1.cti-gov.dk/oces/issuing/1/cacert/issuing.cer"])
        #expect(leaf.sha1.count == 40)
        #expect(leaf.sha256.count == 64)
        #expect(leaf.daysToExpiry(now: leaf.notAfter - 86_400) == 1)
        #expect(leaf.daysToExpiry(now: leaf.notAfter - 86_399) == 0)
        #expect(leaf.daysToExpiry(now: leaf.notAfter) == 0)
        #expect(leaf.daysToExpiry(now: leaf.notAfter + 1) == -1)
        #expect(chain.issuers.map(\.isAuthority) == [true, true])
        #expect(chain.issuers.first?.subjectKeyIdentifier == leaf.authorityKeyIdentifier)
        #expect(chain.end == .root)
    }

    @Test func oces2HasItsOwnNumbers() throws {
        let old = TestCertificate(
            subject: .voces2, issuer: .oces2("TRUST2408 OCES CA IV"), isSignedWithPSS: false)
        let leaf = try Reading.chain([old]).leaf
        #expect(leaf.cvr?.digits == "97281536")
        #expect(leaf.holderIdentifier == "1234567890123")
        #expect(leaf.signatureAlgorithm == "RSA-SHA256")
    }

    @Test(arguments: [
        ("2.5.4.97", "NTRSE-97281536"), ("2.5.4.97", "NTRDK-9728153"), ("2.5.4.97", "97281536"),
        ("2.5.4.97", "ntrdk-97281536"),
    ])
    func noNumberIsBetterThanAWrongOne(type: String, value: String) throws {
        #expect(try Reading.chain([TestCertificate(subject: .voces.changing(type, to: value))]).leaf.cvr == nil)
    }

    @Test(arguments: [
        "UI:DK-E:G:b60fee55-6d77-41b1-a210-445658a727a6", "UI:DK-O:G:", "UI:DK-O:G:b60fee55", "CVR:97281536-RID:12",
        "CVR:97281536-UID:", "CVR:97281536-UID:1x",
    ])
    func onlyAnOrganisationsIdentifierIsTaken(value: String) throws {
        let leaf = try Reading.chain([TestCertificate(subject: .voces.changing("serialNumber", to: value))]).leaf
        #expect(leaf.holderIdentifier == nil)
    }

    /// What cannot be seen is escaped, so no log line can be forged and no blank overlooked.
    @Test func namesAreWrittenSoThatTheyCanBeSeen() throws {
        let subject = TestName(("CN", "a,b\n\u{202E}c "), ("O", "#x"))
        let leaf = try Reading.chain([TestCertificate(subject: subject)]).leaf
        #expect(leaf.subject.description == "O=\\#x, CN=a\\,b\\u{a}\\u{202e}c\\ ")
    }
}
