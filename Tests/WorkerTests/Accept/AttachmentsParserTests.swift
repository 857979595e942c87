import Engine
import Estates
import Testing

@testable import Worker

@Suite struct AttachmentsParserTests {
    /// "foobar" in base64, and its SHA-256.
    private static let content = "Zm9vYmFy"
    private static let digest = SHA256Digest.hex(of: "foobar")

    private func parse(_ attachments: String, limit: Int64 = 100) -> ParsedRecord {
        let record = OriginalRecord(
            source: Source(topic: .claimRequests, partition: 0, offset: 0), timestamp: 0, key: [1],
            value: Array(RecordParserTests.request(["attachments": attachments]).utf8), headers: [])
        return RecordParser(isProduction: false, largestAttachment: limit).parse(record)
    }

    private func one(_ changes: [String: String?] = [:]) -> String {
        var members: [String: String] = [
            "name": #""SECRET.pdf""#, "mediaType": #""application/pdf""#,
            "content": "\"\(AttachmentsParserTests.content)\"",
            "sha256": "\"\(AttachmentsParserTests.digest)\"",
        ]
        for (name, value) in changes { members[name] = value }
        return "{" + members.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    private func accepted(_ parsed: ParsedRecord) -> ClaimRequest? {
        if case .request(let request) = parsed { request } else { nil }
    }

    @Test func inlineContentsStayWhereTheyAre() throws {
        let text = RecordParserTests.request(["attachments": "[\(one())]"])
        let request = try #require(accepted(RecordParserTests.parse(text)))
        let attachment = try #require(request.attachments.first)
        #expect(attachment.size == 6)
        #expect(attachment.digest.hex == AttachmentsParserTests.digest)
        guard case .inline(let place) = attachment.content else {
            Issue.record("it is no inline attachment")
            return
        }
        #expect(String(decoding: Array(text.utf8)[place], as: UTF8.self) == AttachmentsParserTests.content)
    }

    @Test func aFileIsTakenAtItsWordUntilItIsSent() throws {
        let parsed = parse("[\(one(["content": nil, "file": #""2026/a.pdf""#, "size": "77"]))]")
        let attachment = try #require(accepted(parsed)?.attachments.first)
        #expect(attachment.content == .file("2026/a.pdf"))
        #expect(attachment.size == 77)
    }

    @Test(
        arguments: [
            (["name": nil], .malformed, "attachments[1].name: missing"),
            (["name": #""SECRET\u0007""#], .malformed, "attachments[1].name: must have no control characters"),
            (["mediaType": #""SECRET""#], .malformed, "attachments[1].mediaType: must be a media type"),
            (["mediaType": #""a/b\r\nX: SECRET""#], .malformed, "attachments[1].mediaType: must be a media type"),
            (["sha256": #""SECRET""#], .malformed, "attachments[1].sha256: must be 64 hexadecimal digits"),
            (["content": nil], .malformed, "attachments[1].content: give either this"),
            (["file": #""SECRET""#], .malformed, "attachments[1].content: give either this"),
            (["content": "7"], .malformed, "attachments[1].content: must be a string"),
            (["content": #""SECRET!""#], .malformed, "attachments[1].content: is no base64"),
            (
                ["content": #""Zm9vYmF6""#], .attachmentMismatch,
                "attachments[1].content: its SHA-256 is not attachments[1].sha256"
            ),
            (["size": "5"], .attachmentMismatch, "attachments[1].content: is not as long as attachments[1].size"),
            (["size": "-1"], .malformed, "attachments[1].size: must not be negative"),
            (["size": "101"], .attachmentUnusable, "attachments[1].size: is more than the 100 bytes"),
            (["name": #""first""#], .malformed, "attachments[1]: has the name and the sha256 of an earlier one"),
        ] as [([String: String?], FailureReason, String)])
    func refusalsSayWhichAttachmentAndNeverQuote(
        _ changes: [String: String?], _ reason: FailureReason, _ message: String
    ) {
        guard case .rejected(let failure) = parse("[\(one(["name": #""first""#])),\(one(changes))]") else {
            Issue.record("it was let through")
            return
        }
        #expect(failure.reason == reason)
        #expect(failure.message.contains(message), "\(failure.message)")
        #expect(!failure.message.contains("SECRET"))
    }

    @Test func largeContentsAreRefusedBeforeTheyAreDecoded() {
        let large = String(repeating: "A", count: 4000)
        guard case .rejected(let failure) = parse("[\(one(["content": "\"\(large)\""]))]") else { return }
        #expect(failure.reason == .attachmentUnusable)
        #expect(failure.message.contains("attachments[0].content: is more than the 100 bytes of attachments.max.size"))
    }

    @Test func attachmentsBelongToTheContents() throws {
        func digest(_ attachments: String) throws -> ContentsDigest {
            try #require(accepted(parse(attachments))).digest
        }
        let none = try digest("[]")
        #expect(try #require(accepted(RecordParserTests.parse(RecordParserTests.request()))).digest == none)
        #expect(try digest("null") == none)
        let inline = try digest("[\(one())]")
        #expect(inline != none)
        // Where the bytes come from makes no difference.
        #expect(try digest("[\(one(["content": nil, "file": #""x""#]))]") == inline)
        #expect(try digest("[\(one(["name": #""other""#]))]") != inline)
    }

    @Test func aWithdrawalsAttachmentsAreNotLookedAt() {
        let text = RecordParserTests.request(["action": #""withdraw""#, "attachments": "7"])
        #expect(accepted(RecordParserTests.parse(text))?.contents == nil)
        #expect(accepted(RecordParserTests.parse(text)) != nil)
    }
}
