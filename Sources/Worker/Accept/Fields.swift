import Engine
import Estates
import JSON

/// The members of one JSON object, read with messages that say where in the record they stand.
struct Fields {
    private let value: JSONValue
    private let place: String

    init(_ value: JSONValue, at place: String) {
        self.value = value
        self.place = place
    }

    func path(_ name: StaticString) -> String { place.isEmpty ? "\(name)" : "\(place).\(name)" }

    func has(_ name: StaticString) -> Bool { value[name] != nil }

    func object(_ name: StaticString) throws(Refusal) -> Fields {
        guard let found = try optionalObject(name) else { throw Refusal.missing(path(name)) }
        return found
    }

    func optionalObject(_ name: StaticString) throws(Refusal) -> Fields? {
        guard let found = value[name] else { return nil }
        guard found.kind == .object else { throw Refusal(.malformed, "\(path(name)): must be an object") }
        return Fields(found, at: path(name))
    }

    func objects(_ name: StaticString) throws(Refusal) -> [Fields] {
        guard let found = value[name] else { throw Refusal.missing(path(name)) }
        guard let elements = found.elements else { throw Refusal(.malformed, "\(path(name)): must be an array") }
        var result: [Fields] = []
        for (index, element) in elements.enumerated() {
            guard element.kind == .object else {
                throw Refusal(.malformed, "\(path(name))[\(index)]: must be an object")
            }
            result.append(Fields(element, at: "\(path(name))[\(index)]"))
        }
        return result
    }

    /// A text that is there and not empty.
    func text(_ name: StaticString, longest: Int = 10_000) throws(Refusal) -> String {
        guard let text = try optionalText(name, longest: longest) else { throw Refusal.missing(path(name)) }
        guard !text.isEmpty else { throw Refusal(.malformed, "\(path(name)): is empty") }
        return text
    }

    func optionalText(_ name: StaticString, longest: Int = 10_000) throws(Refusal) -> String? {
        guard let found = value[name] else { return nil }
        guard let text = found.string else { throw Refusal(.malformed, "\(path(name)): must be a string") }
        guard text.utf8.count <= longest else {
            throw Refusal(.malformed, "\(path(name)): is longer than \(longest) bytes")
        }
        return text
    }

    func integer(_ name: StaticString) throws(Refusal) -> Int64? {
        guard let found = value[name] else { return nil }
        guard let integer = found.integer else { throw Refusal(.malformed, "\(path(name)): must be a whole number") }
        return integer
    }

    func boolean(_ name: StaticString) throws(Refusal) -> Bool? {
        guard let found = value[name] else { return nil }
        guard let boolean = found.boolean else { throw Refusal(.malformed, "\(path(name)): must be true or false") }
        return boolean
    }

    func money(_ name: StaticString) throws(Refusal) -> Money {
        guard let money = try optionalMoney(name) else { throw Refusal.missing(path(name)) }
        return money
    }

    func optionalMoney(_ name: StaticString) throws(Refusal) -> Money? {
        guard value[name] != nil else { return nil }
        guard let text = value[name]?.string, let money = Money(text) else {
            throw Refusal(
                .malformed, "\(path(name)): must be a string with kroner and at most two decimals, such as \"1234.50\"")
        }
        return money
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: StaticString, _ type: Choice.Type
    ) throws(Refusal) -> Choice? where Choice.RawValue == String {
        guard let text = try optionalText(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw Refusal(.malformed, "\(path(name)): must be one of \(choices)")
        }
        return choice
    }
}
