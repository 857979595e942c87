import Testing

@testable import Worker

@Suite struct PropertiesTests {
    private func pairs(_ text: String) -> [String] {
        Properties(text).entries.map { "\($0.key)→\($0.value)@\($0.line)" }
    }

    @Test func theThreeSeparatorsAndCommentsAreUnderstood() {
        #expect(pairs("a=1\nb: 2\nc 3\n# no\n! no\n\n  d = 4") == ["a→1@1", "b→2@2", "c→3@3", "d→4@7"])
    }

    @Test func linesGoOnAfterABackslash() {
        #expect(pairs("a=1,\\\n   2,\\\n   3\nb=4") == ["a→1,2,3@1", "b→4@4"])
        #expect(pairs("path=c:\\\\\nb=4") == ["path→c:\\@1", "b→4@2"])
    }

    @Test func escapesAreResolved() {
        #expect(pairs(#"a=\u00e6\tx\n\="#) == ["a→æ\tx\n=@1"])
        #expect(pairs(#"a\=b=c"#) == ["a=b→c@1"])
    }

    @Test func aValueMayHoldEqualsSignsAndBeEmpty() {
        #expect(pairs("sasl.jaas.config=a=\"b\";\nempty=\n") == ["sasl.jaas.config→a=\"b\";@1", "empty→@2"])
    }

    @Test func windowsLineEndsAndTrailingBlanksDoNotCount() {
        #expect(pairs("a=1  \r\nb=2\r\n") == ["a→1@1", "b→2@2"])
    }

    @Test(arguments: [
        ("250ms", 250), ("30s", 30_000), ("5m", 300_000), ("24h", 86_400_000), ("7d", 604_800_000), ("0s", 0),
    ])
    func durationsAreRead(_ text: String, _ milliseconds: Int64) {
        #expect(DurationText.parse(text) == milliseconds)
    }

    @Test(arguments: ["", "5", "s", "5 s", "-5s", "1.5h", "5w", "99999999999999999999s", "9223372036854775807d"])
    func whatIsNoDurationIsNotGuessed(_ text: String) {
        #expect(DurationText.parse(text) == nil)
    }
}
