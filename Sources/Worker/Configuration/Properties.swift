/// A Java-style `.properties` text, as Kafka's own tools use: `key=value`, `key: value` or `key value`, comments from
/// `#` or `!`, a backslash at the end of a line to go on, and the escapes `\t \n \r \f \uXXXX`.
public struct Properties: Sendable {
    /// One setting, with the line on which it begins.
    public struct Entry: Hashable, Sendable {
        public let key: String
        public let value: String
        public let line: Int
    }

    public private(set) var entries: [Entry] = []

    public init(_ text: String) {
        var number = 0
        var logical = ""
        var begin = 0
        // To Swift, "\r\n" is one character, and not equal to "\n".
        for line in text.split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r\n" || $0 == "\r" })
        {
            number += 1
            let trimmed = line.drop { $0 == " " || $0 == "\t" || $0 == "\u{C}" }
            if logical.isEmpty {
                if trimmed.isEmpty || trimmed.first == "#" || trimmed.first == "!" { continue }
                begin = number
            }
            let backslashes = trimmed.reversed().prefix { $0 == "\\" }.count
            if backslashes % 2 == 1 {
                logical += trimmed.dropLast()
                continue
            }
            logical += trimmed
            append(logical, line: begin)
            logical = ""
        }
        if !logical.isEmpty { append(logical, line: begin) }
    }

    private mutating func append(_ logical: String, line: Int) {
        var key = ""
        var rest = Substring(logical)
        var isEscaped = false
        while let character = rest.first {
            if !isEscaped, character == "=" || character == ":" || character == " " || character == "\t" { break }
            key.append(character)
            isEscaped = character == "\\" && !isEscaped
            rest = rest.dropFirst()
        }
        rest = rest.drop { $0 == " " || $0 == "\t" }
        if rest.first == "=" || rest.first == ":" { rest = rest.dropFirst() }
        rest = rest.drop { $0 == " " || $0 == "\t" }
        var value = Properties.unescape(rest)
        // Java keeps blanks at the end; nobody means them.
        while value.last == " " || value.last == "\t" { value.removeLast() }
        entries.append(Entry(key: Properties.unescape(Substring(key)), value: value, line: line))
    }

    private static func unescape(_ text: Substring) -> String {
        guard text.contains("\\") else { return String(text) }
        var result = ""
        var rest = text
        while let character = rest.popFirst() {
            guard character == "\\", let escaped = rest.popFirst() else {
                result.append(character)
                continue
            }
            switch escaped {
            case "t": result.append("\t")
            case "n": result.append("\n")
            case "r": result.append("\r")
            case "f": result.append("\u{C}")
            case "u":
                let digits = rest.prefix(4)
                if digits.count == 4, let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) {
                    result.unicodeScalars.append(scalar)
                    rest = rest.dropFirst(4)
                } else {
                    result.append("u")
                }
            default: result.append(escaped)
            }
        }
        return result
    }
}
