import JSON
import Testing

@testable import PortalSimulator

@Suite("Attachments are checked, and kept as a digest")
struct AttachmentTests {
    private static let digest = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

    private func attach(_ creditor: Creditor, sha256: String, filing: String = "F1", estate: String) -> HTTPClient
        .Answer?
    {
        let body = """
            --mark\r\nContent-Disposition: form-data; filename="b.txt"; name="fil"\r\nContent-Type: text/plain\r\n\r\nhello\r\n\
            --mark\r\nContent-Disposition: form-data; name="navn"\r\n\r\nbrev.txt\r\n\
            --mark\r\nContent-Disposition: form-data; name="sha256"\r\n\r\n\(sha256)\r\n--mark--\r\n
            """
        return creditor.call(
            "POST", "/doedsbojournaler/\(estate)/krav/\(filing)/bilag", body,
            headers: ["Content-Type": "multipart/form-data; boundary=mark"])
    }

    @Test func anAttachmentWithTheRightDigestIsTaken() throws {
        let creditor = try Creditor()
        let estate = creditor.estate()
        _ = creditor.submit("R1", estate: estate)
        let answer = attach(creditor, sha256: Self.digest, estate: estate)
        #expect(answer?.status == 201)
        #expect(answer?.json?["sha256"]?.string == Self.digest)
        let shown = creditor.lookUp("R1", estate: estate).first?["bilag"]?.elements?.first
        #expect(shown?["navn"]?.string == "brev.txt")
        #expect(shown?["stoerrelse"]?.integer == 5)
        _ = attach(creditor, sha256: Self.digest, estate: estate)
        #expect(creditor.simulator.audit().attachments == 2)
        #expect(creditor.simulator.audit().duplicateAttachments == 1)
    }

    @Test func theBytesAreKeptWhereTheOptionSays() throws {
        let folder = "/tmp/portal-attachments-\(UInt64.random(in: 0...UInt64.max))"
        defer { _ = Shell.run("rm -rf \(folder)") }
        let creditor = try Creditor { $0.attachmentsPath = folder }
        let estate = creditor.estate()
        _ = creditor.submit("R1", estate: estate)
        _ = attach(creditor, sha256: Self.digest, estate: estate)
        _ = attach(creditor, sha256: String(repeating: "0", count: 64), estate: estate)
        #expect(Shell.run("ls \(folder); cat \(folder)/B1-1").output == "B1-1\nhello")
    }

    @Test func anAttachmentWithAnotherDigestIsRefused() throws {
        let creditor = try Creditor()
        let estate = creditor.estate()
        _ = creditor.submit("R1", estate: estate)
        #expect(attach(creditor, sha256: String(repeating: "0", count: 64), estate: estate)?.status == 422)
        #expect(attach(creditor, sha256: Self.digest, filing: "F9", estate: estate)?.status == 404)
        #expect(creditor.call("POST", "/doedsbojournaler/\(estate)/krav/F1/bilag", "x")?.status == 400)
        #expect(creditor.simulator.audit().attachments == 0)
    }
}
