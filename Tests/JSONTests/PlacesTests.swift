import JSON
import Testing

struct PlacesTests {
    private func texts(_ json: String) throws -> [String?] {
        let bytes = Array(json.utf8)
        _ = try JSONDocument.parse(bytes)
        return JSONPlaces.strings(named: "content", ofElementsOf: "attachments", in: bytes).map { place in
            place.map { String(decoding: bytes[$0], as: UTF8.self) }
        }
    }

    @Test func eachElementsStringIsFoundWhereverItStands() throws {
        #expect(try texts(#"{"attachments":[{"content":"QQ=="}]}"#) == ["QQ=="])
        #expect(
            try texts(
                #" { "x" : [ {"attachments":[{"content":"no"}]} , "]" , -1.5e3 ], "attachments" : [ {"name":"a\"]}","content" : "" } , {"file":"f"}, {"content":null}, {"content":7}, 5, [ "content" ], {"o":{"content":"no"},"content":"last"} ] , "y":{"content":"no"} } "#
            ) == ["", nil, nil, nil, nil, nil, "last"])
    }

    @Test func namesAndTextsMayBeEscaped() throws {
        #expect(
            try texts(#"{"\u0061ttachments":[{"c\u006Fntent":"a\/b\\","z":true}]}"#) == [#"a\/b\\"#])
    }

    @Test func nothingIsFoundWhereThereIsNothing() throws {
        for json in ["{}", "[]", "7", #"{"attachments":{}}"#, #"{"attachments":[]}"#, #"{"attachments":"content"}"#] {
            #expect(try texts(json).isEmpty, "\(json)")
        }
    }
}
