import Testing

@testable import Worker

struct KeyringTests {
    private let one = String(repeating: "0f", count: 32)
    private let two = String(repeating: "A5", count: 32)

    @Test func theFirstKeySealsAndAllOpen() throws {
        let keyring = try Keyring(text: "# keys\n\n 2026-11 = \(one) \r\n2026-10=\(two)\n")
        #expect(keyring.first.name == "2026-11")
        #expect(keyring.key(named: "2026-10")?.bytes == [UInt8](repeating: 0xA5, count: 32))
        #expect(keyring.key(named: "2026-09") == nil)
    }

    @Test func everythingThatIsWrongIsToldAtOnceAndNoKeyIsShown() {
        let text = """
            a=\(one)
            \(one)
            a=\(two)
            b=\(one.dropLast(2))
            c=\(one.dropLast())g
            d e=\(two)
            =\(two)
            """
        let problems = #expect(throws: KeyringProblems.self) { try Keyring(text: text) }
        #expect(problems?.messages.map { String($0.prefix(7)) } == (2...7).map { "line \($0):" })
        for message in problems?.messages ?? [] {
            #expect(!message.contains("0f0f") && !message.contains("A5A5"))
        }
    }

    @Test(arguments: ["", "\n# nothing\n"]) func aFileWithoutKeysIsRefused(_ text: String) {
        let problems = #expect(throws: KeyringProblems.self) { try Keyring(text: text) }
        #expect(problems?.messages.count == 1)
    }
}
