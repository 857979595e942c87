import Testing

@testable import Worker

@Suite struct ValidateTests {
    @Test func goodLinesAreAcceptedInEachForm() throws {
        let good = RecordParserTests.request()
        let (status, screen) = try Screen.run(
            "validate", "claim-requests", on: [good, #"{"key":"k","value":\#(good)}"#, "", good])
        #expect(status == .done)
        #expect(screen.out == "4 lines, none would be refused\n")
        let death = try Screen.run("validate", "death-notifications", on: [#"{"id":"d","cpr":"6601250100"}"#])
        #expect(death.status == .done)
        #expect(death.screen.out == "1 line, none would be refused\n")
    }

    @Test func eachBadLineSaysWhatIsWrongAndWhere() throws {
        let (status, screen) = try Screen.run(
            "validate", "claim-requests",
            on: [
                RecordParserTests.request(["claim": #"{"principal":"SECRET"}"#]), RecordParserTests.request(),
                RecordParserTests.request(["deceased": #"{"cpr":"SECRET"}"#]), #"{"a":"#, #"{"value":{}}"#,
            ])
        #expect(status == .foundWrong)
        let lines = screen.out.split(separator: "\n")
        #expect(lines.count == 5)
        #expect(lines[0].contains("line 1: validation/malformed: claim.principal: must be a string"))
        #expect(lines[1].contains("line 3: validation/invalid-cpr: deceased.cpr: "))
        #expect(lines[2].contains("line 4: validation/malformed: the value is not JSON"))
        #expect(lines[3].contains("line 5: no record: 'key' must be a text"))
        #expect(lines[4] == "5 lines, 4 would be refused")
        #expect(!screen.out.contains("SECRET"))
    }

    @Test func programsGetAnObjectForEachLine() throws {
        let items = #"{"items":[{"description":"a"},{"description":7}]}"#
        let (status, screen) = try Screen.run(
            "validate", "claim-requests", "--json",
            on: [
                RecordParserTests.request(), RecordParserTests.request(["kind": #""inventory""#, "inventory": items]),
            ])
        #expect(status == .foundWrong)
        #expect(
            screen.out == """
                {"line":1,"verdict":"accepted"}
                {"line":2,"verdict":"refused","category":"validation","reason":"malformed",\
                "place":"inventory.items[].description",\
                "message":"inventory.items[1].description: must be a string"}

                """)
    }

    @Test func productionIsStricter() throws {
        let lines = [RecordParserTests.request()]
        #expect(try Screen.run("validate", "claim-requests", on: lines).status == .done)
        let (status, screen) = try Screen.run("validate", "claim-requests", "--production", on: lines)
        #expect(status == .foundWrong)
        #expect(screen.out.contains("line 1: validation/"))
    }

    @Test func aFileThatIsNotThereIsTold() {
        let (status, screen) = Screen.run("validate", "claim-requests", "/no/such.jsonl")
        #expect(status == .foundWrong)
        #expect(screen.err.contains("/no/such.jsonl: "))
    }
}
