import JSON

/// Collects all that is wrong with a body, so that one answer names every field.
struct ShapeCheck {
    private(set) var problems: [FieldProblem] = []

    static let amountRule = "et beløb med to decimaler, ikke negativt"

    static func isText(_ value: JSONValue) -> Bool {
        value.string.map { !$0.isEmpty && $0.utf8.count <= 1000 } ?? false
    }

    static func isCVR(_ value: JSONValue) -> Bool {
        value.string.map { $0.utf8.count == 8 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } } ?? false
    }

    /// Digits, a point, two digits: `1234.50`.
    static func isAmount(_ value: JSONValue) -> Bool {
        guard let text = value.string else { return false }
        let bytes = Array(text.utf8)
        guard bytes.count >= 4, bytes.count <= 18, bytes[bytes.count - 3] == UInt8(ascii: ".") else { return false }
        return bytes.enumerated().allSatisfy { $0 == bytes.count - 3 || (0x30...0x39).contains($1) }
    }

    mutating func require(_ field: String, _ value: JSONValue?, _ rule: (JSONValue) -> Bool, _ message: String) {
        if let value, rule(value) { return }
        problems.append(FieldProblem(field: field, message: value == nil ? "mangler" : message))
    }

    mutating func optional(_ field: String, _ value: JSONValue?, _ rule: (JSONValue) -> Bool, _ message: String) {
        if let value, !rule(value) { problems.append(FieldProblem(field: field, message: message)) }
    }

    /// A field that the contract does not know is a mistake of the client's mapping, so it is refused.
    mutating func allow(_ object: JSONValue, _ prefix: String, _ names: [String]) {
        for (name, _) in object.members ?? [] where !names.contains(name) {
            problems.append(FieldProblem(field: prefix + name, message: "ukendt felt"))
        }
    }

    mutating func claim(_ filing: JSONValue) {
        require("hovedstol", filing["hovedstol"], Self.isAmount, Self.amountRule)
        optional("renter", filing["renter"], Self.isAmount, Self.amountRule)
        optional("omkostninger", filing["omkostninger"], Self.isAmount, Self.amountRule)
        optional("foreloebig", filing["foreloebig"], { $0.boolean != nil }, "sandt eller falsk")
        optional("fortrinsstilling", filing["fortrinsstilling"], { $0.string != nil }, "tekst")
        if let pledge = filing["pant"] {
            require("pant.beskrivelse", pledge["beskrivelse"], Self.isText, "mangler")
        }
    }

    mutating func inventory(_ filing: JSONValue) {
        guard let items = filing["effekter"]?.elements, !items.isEmpty else {
            problems.append(FieldProblem(field: "effekter", message: "mangler"))
            return
        }
        for (index, item) in items.enumerated() {
            let field = "effekter[\(index)]."
            allow(item, field, ["beskrivelse", "anslaaetVaerdi", "placering"])
            require(field + "beskrivelse", item["beskrivelse"], Self.isText, "mangler")
            optional(field + "anslaaetVaerdi", item["anslaaetVaerdi"], Self.isAmount, Self.amountRule)
            optional(field + "placering", item["placering"], { $0.string != nil }, "tekst")
        }
    }
}
