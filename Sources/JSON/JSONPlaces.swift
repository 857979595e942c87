/// Finds where in a JSON text a string stands, so that a large one can be read there instead of being copied.
public enum JSONPlaces {
    /// For each element of an array that is a member of the top object, the places between the quotes of the string that is
    /// the element's member; nil when the element has no such string.
    ///
    /// - Parameter json: a text that `JSONDocument` accepts.
    public static func strings(
        named name: StaticString, ofElementsOf array: StaticString, in json: [UInt8]
    ) -> [Range<Int>?] {
        var scanner = Scanner(json: json)
        return scanner.strings(named: name, ofElementsOf: array)
    }

    /// The same, for an object that is a member of the top object.
    public static func strings(
        named name: StaticString, ofElementsOf array: StaticString, of object: StaticString, in json: [UInt8]
    ) -> [Range<Int>?] {
        var scanner = Scanner(json: json)
        var found: [Range<Int>?] = []
        scanner.members { member, scanner in
            guard member == object.description else { return scanner.skipValue() }
            found = scanner.strings(named: name, ofElementsOf: array)
        }
        return found
    }

    /// Walks through a valid text.
    private struct Scanner {
        let json: [UInt8]
        var at = 0

        var isAtQuote: Bool { at < json.count && json[at] == UInt8(ascii: "\"") }

        mutating func skipBlanks() {
            while at < json.count, [0x20, 0x09, 0x0A, 0x0D].contains(json[at]) { at += 1 }
        }

        /// Takes a character that may stand here.
        private mutating func take(_ character: Unicode.Scalar) -> Bool {
            skipBlanks()
            guard at < json.count, json[at] == UInt8(ascii: character) else { return false }
            at += 1
            return true
        }

        /// Calls the body at each member's value, which it must go past. What is no object is skipped.
        mutating func members(_ body: (String, inout Scanner) -> Void) {
            guard take("{") else { return skipValue() }
            if take("}") { return }
            repeat {
                skipBlanks()
                let start = at
                skipString()
                let name = try? JSONDocument.parse(Array(json[start..<at])).string
                guard take(":") else { return }
                body(name ?? "", &self)
            } while take(",")
            _ = take("}")
        }

        /// Calls the body at each element, which it must go past. What is no array is skipped.
        mutating func elements(_ body: (inout Scanner) -> Void) {
            guard take("[") else { return skipValue() }
            if take("]") { return }
            repeat { body(&self) } while take(",")
            _ = take("]")
        }

        mutating func skipValue() {
            skipBlanks()
            var depth = 0
            repeat {
                guard at < json.count else { return }
                switch json[at] {
                case UInt8(ascii: "\""): skipString()
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    depth += 1
                    at += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    depth -= 1
                    at += 1
                case UInt8(ascii: ","), UInt8(ascii: ":"): at += 1
                default:
                    if depth == 0 { return skipWord() }
                    at += 1
                }
            } while depth > 0
        }

        /// Of the object that begins here, past which it goes.
        mutating func strings(named name: StaticString, ofElementsOf array: StaticString) -> [Range<Int>?] {
            var found: [Range<Int>?] = []
            members { member, scanner in
                guard member == array.description else { return scanner.skipValue() }
                scanner.elements { scanner in
                    var place: Range<Int>?
                    scanner.members { member, scanner in
                        scanner.skipBlanks()
                        let isString = scanner.isAtQuote
                        let start = scanner.at
                        scanner.skipValue()
                        if isString, member == name.description { place = (start + 1)..<(scanner.at - 1) }
                    }
                    found.append(place)
                }
            }
            return found
        }

        /// A number, `true`, `false` or `null`.
        private mutating func skipWord() {
            let ends = Array(",]} \t\r\n".utf8)
            while at < json.count, !ends.contains(json[at]) { at += 1 }
        }

        private mutating func skipString() {
            at += 1
            while at < json.count, json[at] != UInt8(ascii: "\"") { at += json[at] == UInt8(ascii: "\\") ? 2 : 1 }
            at += 1
        }
    }
}
