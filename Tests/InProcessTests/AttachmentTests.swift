import Glibc
import Kafka
import PortalSimulator
import Testing
import WorkerHarness

@testable import Worker

@Suite(.serialized) struct AttachmentTests {
    /// "foobar" in base64 and in a file, with its SHA-256.
    private static let digest = SHA256Digest.hex(of: "foobar")

    private static func inline(_ name: String) -> String {
        #"{"name":"\#(name)","mediaType":"text/plain","content":"Zm9vYmFy","sha256":"\#(digest)"}"#
    }

    private static func file(_ name: String, sha256: String = digest) -> String {
        #"{"name":"\#(name)","mediaType":"text/plain","file":"sub/foobar.txt","size":6,"sha256":"\#(sha256)"}"#
    }

    /// A folder with the file in it, gone with the object.
    private final class Folder: Sendable {
        let path: String

        init() {
            var template = Array("/tmp/proklama-attachments-XXXXXX".utf8CString)
            guard let made = mkdtemp(&template) else { preconditionFailure("mkdtemp") }
            path = String(cString: made)
            mkdir("\(path)/sub", 0o700)
            let file = fopen("\(path)/sub/foobar.txt", "w")
            fputs("foobar", file)
            fclose(file)
        }

        deinit {
            unlink("\(path)/sub/foobar.txt")
            rmdir("\(path)/sub")
            rmdir(path)
        }
    }

    @Test func attachmentsArriveOnceThroughLostAnswersAndCuts() throws {
        let folder = Folder()
        let mock = try MockInstallation()
        try mock.installation.portal.setFaults([
            "submit.answer-lost": 0.3, "attach.answer-lost": 0.2, "cut-upload": 0.1, "attach.error": 0.1,
        ])
        let worker = try mock.installation.worker(["attachments.folder": folder.path])
        let records = try mock.installation.send(
            (0..<20).map { number in
                .claim(
                    number,
                    attachments:
                        "[\(AttachmentTests.inline("a")),\(AttachmentTests.file("b")),\(AttachmentTests.file("c"))]")
            })
        let answers = try mock.installation.answers()
        #expect(answers.problems(with: records) == nil)
        #expect(answers.all().values.allSatisfy { $0 == ["filed"] })
        let audit = mock.installation.portal.audit()
        #expect((audit.faults["answer-lost"] ?? 0) > 5)
        #expect((audit.faults["cut-upload"] ?? 0) > 0)
        #expect(audit.filings == 20 && audit.duplicates == 0)
        #expect(audit.attachments == 60 && audit.duplicateAttachments == 0)
        #expect(worker.stopped() == 0)
    }

    @Test func nothingIsFiledWhenAFileIsNotWhatItMustBe() throws {
        let folder = Folder()
        let mock = try MockInstallation()
        let worker = try mock.installation.worker(["attachments.folder": folder.path])
        let wrong = String(repeating: "0", count: 64)
        let records = try mock.installation.send([
            .claim(1, attachments: "[\(AttachmentTests.inline("a")),\(AttachmentTests.file("b", sha256: wrong))]")
        ])
        let answers = try mock.installation.answers()
        #expect(answers.problems(with: records) == nil)
        #expect(Array(answers.all().values) == [["attachment-mismatch"]])
        #expect(mock.installation.portal.audit().filings == 0)
        let message = answers.letters.first?.header("proklama.error.message") ?? []
        #expect(String(decoding: message, as: UTF8.self).hasPrefix("attachments[1].file: "))
        #expect(worker.stopped() == 0)
    }

    @Test func whatThePortalRefusesIsADeadLetterWithTheReceiptAndComesAgain() throws {
        let mock = try MockInstallation()
        try mock.installation.portal.setFaults(["too-large": 1])
        let worker = try mock.installation.worker()
        let request = TestRecord.claim(1, attachments: "[\(AttachmentTests.inline("a"))]")
        let first = try mock.installation.send([request])
        let answers = try mock.installation.answers()
        #expect(answers.problems(with: first) == nil)
        let letter = try #require(answers.letters.first)
        func header(_ name: String) -> String {
            String(decoding: letter.header("proklama.error.\(name)") ?? [], as: UTF8.self)
        }
        #expect(header("reason") == "attachment-refused")
        #expect(header("stage") == "attach")
        #expect(header("receipt-id") == "K1")
        #expect(header("filing-id") == "F1")
        try mock.installation.portal.setFaults([:])
        let again = try mock.installation.send([request])
        #expect(answers.problems(with: first.union(again)) == nil)
        #expect(again.compactMap { answers.all()[$0] } == [["filed"]])
        let audit = mock.installation.portal.audit()
        #expect(audit.filings == 1 && audit.attachments == 1)
        #expect(worker.stopped() == 0)
    }
}
