import Estates
import EventLoop
import Glibc
import Testing

@testable import Portal

struct UploadTests {
    private static func attach(_ attachment: Estates.Attachment, record: [UInt8] = []) -> PortalCall {
        .attach(
            EstateID("D-1"), FilingID("F-1"), PortalCall.identity(), attachment, record: record, idempotencyKey: "key-4"
        )
    }

    private static func taken(_ attachment: Estates.Attachment) -> Reply {
        .json(201, #"{"id":"B-1","sha256":"\#(attachment.digest.hex)"}"#)
    }

    @Test func anAttachmentIsSentAsAFormWithItsNameAndDigest() throws {
        let record = Array(#"{"content":"Zm9vYmFy"}"#.utf8)
        let attachment = ReaderTests.attachment(
            Array("foobar".utf8), .inline(12..<20), size: 6, name: #"Faktura "4711" æ.pdf"#)
        let server = ScriptedServer { _ in UploadTests.taken(attachment) }
        defer { server.stop() }
        let harness = try Harness(server)
        #expect(harness.call(UploadTests.attach(attachment, record: record)) == .success(.attached))
        let request = try #require(server.requests.first)
        #expect(request.method == "POST")
        #expect(request.target == "/doedsbojournaler/D-1/krav/F-1/bilag")
        #expect(request.headers["idempotency-key"] == "key-4")
        let boundary = try #require(
            request.headers["content-type"]?.split(separator: "boundary=", omittingEmptySubsequences: false).last)
        #expect(request.headers["content-type"]?.hasPrefix("multipart/form-data; ") == true)
        #expect(
            request.body == """
                --\(boundary)\r\nContent-Disposition: form-data; name="navn"\r\n\r\nFaktura "4711" æ.pdf\r
                --\(boundary)\r\nContent-Disposition: form-data; name="sha256"\r\n\r\n\(attachment.digest.hex)\r
                --\(boundary)\r\nContent-Disposition: form-data; name="fil"; filename="Faktura %224711%22 æ.pdf"\r
                Content-Type: application/pdf\r\n\r\nfoobar\r
                --\(boundary)--\r\n
                """)
        #expect(harness.client.statistics.uploadedBytes == 6)
        #expect(harness.client.statistics[.attach][.answered] == 1)
    }

    @Test func anotherCallOnTheSameHandleIsNotDisturbed() throws {
        let attachment = ReaderTests.attachment([], .inline(0..<0), size: 0)
        let server = ScriptedServer { request in
            request.target.hasSuffix("bilag") ? UploadTests.taken(attachment) : .receipt
        }
        defer { server.stop() }
        let harness = try Harness(server)
        for _ in 0..<3 {
            #expect(harness.call(UploadTests.attach(attachment)) == .success(.attached))
            #expect(harness.failure(.submit) == nil)
        }
        #expect(server.requests.count == 6)
        #expect(server.requests[1].body.contains("hovedstol"))
        #expect(server.requests[1].headers["content-type"] == "application/json")
        #expect(server.requests[2].headers["content-type"]?.hasPrefix("multipart/") == true)
    }

    /// The server reads nothing for a while, so only what fits into the sockets' buffers has left when the file changes.
    @Test func aFileThatChangesWhileItIsSentIsNeverCompleted() throws {
        let folder = Folder()
        let bytes = [UInt8](repeating: 7, count: 24 << 20)
        folder.write("file", bytes)
        let attachment = ReaderTests.attachment(bytes, .file("file"))
        let server = ScriptedServer(slowness: 500) { _ in UploadTests.taken(attachment) }
        defer { server.stop() }
        let harness = try Harness(server) {
            $0.attachmentFolder = AttachmentFolder(folder.path)
            $0.largestAttachment = 64 << 20
        }
        var result: Result<PortalAnswer, PortalFailure>?
        _ = harness.client.start(UploadTests.attach(attachment), deadline: Harness.deadline(inMilliseconds: 15_000)) {
            result = $0
        }
        harness.turn(milliseconds: 200)
        let descriptor = open(folder.file("file"), O_WRONLY)
        #expect(pwrite(descriptor, [8], 1, off_t(bytes.count - 1)) == 1)
        close(descriptor)
        harness.turn { result != nil }
        guard case .failure(let failure)? = result else {
            Issue.record("it was attached")
            return
        }
        #expect(failure.cause == .attachment(.mismatch))
        #expect(!failure.mayHaveTakenEffect)
        usleep(100_000)
        #expect(server.requests.isEmpty)
    }

    @Test func whatIsWrongWithAFileIsFoundBeforeAByteLeaves() throws {
        let folder = Folder()
        let server = ScriptedServer { _ in .receipt }
        defer { server.stop() }
        let harness = try Harness(server) { $0.attachmentFolder = AttachmentFolder(folder.path) }
        let failure = try #require(
            harness.failure(UploadTests.attach(ReaderTests.attachment([1], .file("../etc/passwd")))))
        #expect(failure.cause == .attachment(.unusable))
        #expect(!failure.mayHaveTakenEffect)
        #expect(server.connections == 0)
    }

    @Test func anUploadThatIsCutMayHaveTakenEffect() throws {
        let attachment = ReaderTests.attachment([], .inline(0..<0), size: 0)
        let server = ScriptedServer { _ in .reset }
        defer { server.stop() }
        let failure = try #require(try Harness(server).failure(UploadTests.attach(attachment)))
        #expect(failure.mayHaveTakenEffect)
        #expect(server.requests.count == 1)
    }

    @Test(arguments: [#"{"id":"B-1"}"#, #"{"id":"B-1","sha256":"00"}"#, #"{"sha256":"x"}"#, "[]", "<html>"])
    func anAnswerThatDoesNotVouchForTheContentsIsNone(_ body: String) throws {
        let attachment = ReaderTests.attachment([], .inline(0..<0), size: 0)
        let server = ScriptedServer { _ in .json(201, body) }
        defer { server.stop() }
        let failure = try #require(try Harness(server).failure(UploadTests.attach(attachment)))
        #expect(failure.cause == .unexpectedBody)
        #expect(failure.mayHaveTakenEffect)
    }

    @Test func anUploadMayTakeLongerThanAnotherCallButNotPastItsDeadline() throws {
        let attachment = ReaderTests.attachment([], .inline(0..<0), size: 0)
        let server = ScriptedServer { request in
            if request.number > 1 { return .hang }
            var reply = UploadTests.taken(attachment)
            reply.delay = 1500
            return reply
        }
        defer { server.stop() }
        let harness = try Harness(server) { $0.callTimeout = 1000 }
        #expect(harness.call(UploadTests.attach(attachment)) == .success(.attached))
        let late = harness.failure(UploadTests.attach(attachment), deadline: Harness.deadline(inMilliseconds: 1000))
        #expect(late?.cause == .timedOut)
        #expect(harness.failure(.submit)?.cause == .timedOut)
    }

    @Test func aLookUpTellsWhatIsAttached() throws {
        let digest = String(repeating: "a", count: 64)
        let body = """
            [{"id":"F-1","reference":"R-1","kreditor":{"cvrNummer":"97281536"},"status":"modtaget",\
            "kvittering":{"id":"K","modtaget":"2026-11-24T10:00:00Z"},\
            "bilag":[{"id":"B1","navn":"a.pdf","stoerrelse":3,"sha256":"\(digest)"}]}]
            """
        let server = ScriptedServer { _ in .json(200, body) }
        defer { server.stop() }
        guard case .success(.filings(let filings)) = try Harness(server).call(.lookUp) else {
            Issue.record("no answer")
            return
        }
        #expect(filings.first?.attached == [AttachedFile(name: "a.pdf", digest: try #require(FileDigest(hex: digest)))])
    }
}
