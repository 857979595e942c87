import JSON
import Testing

@Suite struct JSONTests {
    @Test func writtenTextReadsBack() throws {
        let bytes = JSONWriter.object { writer in
            writer.field("text", "a\"b\\c\n\u{1}æøå")
            writer.field("count", 42)
            writer.field("absent", nil as String?)
            writer.array("list") { list in
                list.boolean(true)
                list.null()
                list.object { $0.field("x", -1) }
            }
        }
        let root = try JSONDocument.parse(bytes)
        #expect(root["text"]?.string == "a\"b\\c\n\u{1}æøå")
        #expect(root["count"]?.integer == 42)
        #expect(root["absent"] == nil)
        #expect(root["list"]?.elements?.map(\.kind) == [.boolean, .null, .object])
        #expect(root["list"]?.elements?.last?["x"]?.integer == -1)
    }

    @Test(arguments: ["", "{", "{}x", "{\"a\":1,\"a\":2}", "\"\u{1}\"", "nul", "{\"a\":01}"])
    func malformedTextIsRefused(text: String) {
        #expect(throws: JSONError.self) { try JSONDocument.parse(Array(text.utf8)) }
    }

    @Test func textThatIsNotUTF8IsRefused() {
        #expect(throws: JSONError(problem: "not UTF-8", offset: 1)) { try JSONDocument.parse([0x22, 0xFF, 0x22]) }
    }

    @Test func deepNestingIsRefusedAndDoesNotCrash() {
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
        #expect(throws: JSONError.self) { try JSONDocument.parse(deep) }
    }
}
