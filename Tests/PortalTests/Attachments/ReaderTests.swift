import Estates
import Glibc
import Testing

@testable import Portal

struct ReaderTests {
    /// With the digest of these bytes.
    static func attachment(
        _ bytes: [UInt8], _ content: Estates.Attachment.Content, size: Int64? = nil, name: String = "invoice.pdf"
    ) -> Estates.Attachment {
        let digest = RunningDigest()
        bytes.withUnsafeBytes { digest.add($0) }
        return Estates.Attachment(
            name: name, mediaType: "application/pdf", digest: digest.finish(), size: size, content: content)
    }

    private func read(_ reader: AttachmentReader, pieces: Int) throws(AttachmentFailure) -> [UInt8] {
        var all: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: pieces)
        while true {
            let result = piece.withUnsafeMutableBytes { buffer in
                Result { () throws(AttachmentFailure) in try reader.read(into: buffer) }
            }
            let count = try result.get()
            if count == 0 { return all }
            all += piece[..<count]
        }
    }

    @Test(arguments: [0, 1, 2, 3, 4, 100_001]) func filesComeOutAsTheyAre(_ size: Int) throws {
        let folder = Folder()
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        folder.write("file", bytes)
        let reader = try AttachmentReader(
            ReaderTests.attachment(bytes, .file("file")), record: [], folder: AttachmentFolder(folder.path),
            limit: 1 << 20)
        #expect(try read(reader, pieces: 4096) == bytes)
    }

    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")])
    func inlineContentsAreDecoded(_ text: String, _ base64: String) throws {
        let record = Array("{\"content\":\"\(base64)\"}".utf8)
        let place = 12..<(12 + base64.utf8.count)
        for pieces in [3, 4, 100] {
            let reader = try AttachmentReader(
                ReaderTests.attachment(Array(text.utf8), .inline(place), size: Int64(text.utf8.count)), record: record,
                folder: nil, limit: 100)
            #expect(try read(reader, pieces: pieces) == Array(text.utf8))
        }
    }

    @Test(arguments: ["Zg", "Zg=", "Zg===", "Z", "=", "Zg==Zg==", "Zh==", "Zm9=", "Zm 9v", "Zm9v\\n", "Zm9-", "Zmåv"])
    func whatIsNoBase64IsRefused(_ text: String) {
        var decoder = Base64Text(Array(text.utf8), 0..<text.utf8.count)
        var buffer = [UInt8](repeating: 0, count: 30)
        #expect(throws: Base64Text.Malformed.self) {
            while try buffer.withUnsafeMutableBytes({ raw in
                try Result { () throws(Base64Text.Malformed) in try decoder.read(into: raw) }.get()
            }) > 0 {}
        }
    }

    @Test func charactersThatJSONWritersEscapeAreRead() throws {
        // 0xFB 0xFF 0xBF is "+/+/".
        let text = #"\u002B\/\u002b/"#
        var decoder = Base64Text(Array(text.utf8), 0..<text.utf8.count)
        var buffer = [UInt8](repeating: 0, count: 30)
        let count = try buffer.withUnsafeMutableBytes { raw in
            try Result { () throws(Base64Text.Malformed) in try decoder.read(into: raw) }.get()
        }
        #expect(Array(buffer[..<count]) == [0xFB, 0xFF, 0xBF])
    }

    @Test func aFileWithOtherContentsSizeOrDigestIsAMismatch() {
        let folder = Folder()
        let bytes = Array("the contents".utf8)
        folder.write("same", bytes)
        folder.write("other", "the Contents")
        folder.write("longer", bytes + [0])
        folder.write("shorter", Array(bytes.dropLast()))
        folder.write("empty", "")
        func problem(_ name: String, size: Int64? = nil, limit: Int64 = 100) -> AttachmentProblem? {
            do throws(AttachmentFailure) {
                try AttachmentFolder.check(
                    [ReaderTests.attachment(bytes, .file(name), size: size)], in: AttachmentFolder(folder.path),
                    limit: limit)
                return nil
            } catch {
                #expect(error.detail.contains("attachments[0].file"))
                return error.problem
            }
        }
        #expect(problem("same") == nil)
        #expect(problem("same", size: 12) == nil)
        #expect(problem("same", size: 13) == .mismatch)
        for name in ["other", "longer", "shorter", "empty"] { #expect(problem(name) == .mismatch, "\(name)") }
        #expect(problem("same", limit: 11) == .unusable)
        #expect(problem("none") == .unusable)
    }

    @Test func withoutAFolderNoFileCanBeAttached() {
        #expect(throws: AttachmentFailure.self) {
            try AttachmentFolder.check([ReaderTests.attachment([], .file("x"))], in: nil, limit: 100)
        }
    }
}
