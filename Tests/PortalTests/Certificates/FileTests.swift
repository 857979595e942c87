import Portal
import Testing

/// Whatever stands in the files, what is wrong is named, and where, and what to do.
@Suite struct FileTests {
    private let folder = Folder()

    private func problems(
        certificate: String, key: String? = nil, password: String? = nil, ca: String? = nil
    ) -> [CredentialProblem] {
        var settings = PortalSettings(environment: .simulator, tokenAuthentication: .mutualTLS)
        settings.certificateFile = certificate
        settings.keyFile = key
        settings.keyPasswordFile = password.map { folder.write("password", $0) }
        settings.caFile = ca
        return CredentialReport.read(settings).problems
    }

    private var key: String { folder.write("key.pem", TestKey.leaf.pem()) }
    private var certificate: String { folder.write("certificate.pem", TestCertificate.testLeaf.pem) }

    @Test func aGoodPairIsGoodInAnyOrder() {
        #expect(problems(certificate: certificate, key: key) == [])
        let reversed = [TestCertificate.testRoot, .testIssuing, .testLeaf].map(\.pem).joined()
        #expect(problems(certificate: folder.write("reversed.pem", reversed), key: key) == [])
        let all = TestKey.leaf.pem() + "some words\n" + TestCertificate.testLeaf.pem
        #expect(problems(certificate: folder.write("all.pem", all)) == [])
        let windows = TestCertificate.testLeaf.pem.split(separator: "\n").joined(separator: "\r\n") + "\r\n"
        #expect(problems(certificate: folder.write("windows.pem", windows), key: key) == [])
    }

    @Test func derIsRefusedWithTheCommandThatConvertsIt() {
        let file = folder.write("certificate.cer", TestCertificate.testLeaf.der)
        let found = problems(certificate: file, key: key)
        #expect(found == [.certificateInDER(setting: "portal.certificate.file", file: file)])
        #expect(found.first?.remedy == "convert it: openssl x509 -inform DER -in \(file) -out certificate.pem")
        let ca = folder.write("ca.cer", TestCertificate.testRoot.der)
        #expect(
            problems(certificate: certificate, key: key, ca: ca) == [
                .certificateInDER(setting: "portal.ca.file", file: ca)
            ])
    }

    @Test func garbageIsNamed() {
        let nothing = folder.write("nothing", "")
        #expect(problems(certificate: nothing, key: key).map(\.code) == ["file-empty"])
        #expect(problems(certificate: certificate, key: nothing).map(\.code) == ["file-empty"])
        let garbage = folder.write("garbage", [0x30, 0x82, 0x05, 0x00] + (0..<200).map { UInt8($0) })
        #expect(problems(certificate: garbage, key: key).map(\.code) == ["pkcs12-damaged"])
        let text = folder.write(
            "text", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n")
        #expect(problems(certificate: text, key: key).map(\.code) == ["no-certificate"])
        #expect(problems(certificate: folder.path, key: key).map(\.code) == ["not-a-file"])
        #expect(problems(certificate: "/dev/zero", key: key).map(\.code) == ["not-a-file"])
        let large = folder.write("large", [UInt8](repeating: 0x41, count: 5 << 20))
        #expect(problems(certificate: large, key: key).map(\.code) == ["file-too-large"])
    }

    /// A file cut short must not pass for one with fewer certificates.
    @Test func aCertificateThatIsCutOffIsCounted() {
        let whole = TestCertificate.testLeaf.pem + TestCertificate.testIssuing.pem
        for missing in [1, 30, 200] {
            let file = folder.write("cut.pem", String(whole.dropLast(missing)))
            let expected =
                missing == 1
                ? [] : [CredentialProblem.damagedCertificate(setting: "portal.certificate.file", file: file, number: 2)]
            #expect(problems(certificate: file, key: key) == expected)
        }
        let file = folder.write("ca.pem", String(TestCertificate.testRoot.pem.dropLast(100)))
        #expect(problems(certificate: certificate, key: key, ca: file).map(\.code) == ["certificate-damaged"])
    }

    @Test func theKeyHasToFitAndToOpen() {
        #expect(problems(certificate: certificate).map(\.code) == ["no-key"])
        let other = folder.write("other.pem", TestKey.otherLeaf.pem())
        #expect(problems(certificate: certificate, key: other) == [.keyMismatch(file: other)])
        let cut = folder.write("cut.pem", String(TestKey.leaf.pem().dropLast(300)))
        #expect(problems(certificate: certificate, key: cut).map(\.code) == ["key-damaged"])
        let locked = folder.write("locked.pem", TestKey.leaf.pem(password: "open-sesame"))
        #expect(problems(certificate: certificate, key: locked).map(\.code) == ["key-encrypted"])
        let wrong = problems(certificate: certificate, key: locked, password: "wrong-one\n")
        #expect(wrong.map(\.code) == ["wrong-password"])
        #expect(!wrong.description.contains("wrong-one"))
        #expect(problems(certificate: certificate, key: locked, password: "open-sesame\n") == [])
        #expect(problems(certificate: certificate, key: locked, password: "open-sesame\r\nmore") == [])
        #expect(
            problems(certificate: certificate, key: locked, password: "").map(\.setting) == ["portal.key.password.file"]
        )
    }

    /// PKCS#12 is known by what it holds, whatever the file is called.
    @Test func pkcs12IsReadUnderAnyName() {
        let file = Certificates.file("client.p12")
        #expect(problems(certificate: file, password: "open-sesame") == [])
        #expect(problems(certificate: file, password: "wrong-one").map(\.code) == ["wrong-password"])
        #expect(problems(certificate: file).map(\.code) == ["wrong-password"])
        #expect(problems(certificate: Certificates.file("client.store"), password: "open-sesame") == [])
        #expect(
            problems(certificate: Certificates.file("bare.p12"), password: "open-sesame").map(\.code) == [
                "pkcs12-incomplete"
            ])
    }

    @Test func allThatIsWrongIsToldAtOnce() {
        var leaf = TestCertificate.productionLeaf
        leaf.from = -30
        leaf.until = -1
        let other = folder.write("other.pem", TestKey.otherLeaf.pem())
        let found = problems(certificate: folder.write("old.pem", leaf.pem), key: other, ca: "/nonexistent")
        #expect(
            found.map(\.code) == ["file-unreadable", "key-mismatch", "production-certificate-in-simulator", "expired"])
        for problem in found {
            #expect(!problem.what.isEmpty && !problem.remedy.isEmpty && problem.setting.hasPrefix("portal."))
        }
    }
}
