/// The keys of `encryption.key.file`: a line each, `NAME=` and 64 hexadecimal digits. The first one seals; all of them open.
/// So a new key is put below the others until every worker and every desk has it, and then on top.
public struct Keyring: Hashable, Sendable {
    let keys: [EncryptionKey]

    /// The one that seals.
    var first: EncryptionKey { keys[0] }

    func key(named name: String) -> EncryptionKey? { keys.first { $0.name == name } }

    /// Reports everything that is wrong at once, and never a part of a key.
    init(text: String) throws(KeyringProblems) {
        var keys: [EncryptionKey] = []
        var problems: [String] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = Keyring.trimmed(line)
            if line.isEmpty || line.hasPrefix("#") { continue }
            do throws(KeyringProblems) {
                let key = try Keyring.key(line)
                if keys.contains(where: { $0.name == key.name }) {
                    throw KeyringProblems(["there is another key named '\(key.name)'"])
                }
                keys.append(key)
            } catch {
                problems += error.messages.map { "line \(index + 1): \($0)" }
            }
        }
        if keys.isEmpty, problems.isEmpty {
            problems.append("there is no key; write NAME= and what `openssl rand -hex 32` prints")
        }
        guard problems.isEmpty else { throw KeyringProblems(problems) }
        self.keys = keys
    }

    private static func key(_ line: Substring) throws(KeyringProblems) -> EncryptionKey {
        guard let equals = line.firstIndex(of: "=") else {
            throw KeyringProblems(["is no NAME=KEY"])
        }
        let name = trimmed(line[..<equals])
        let digits = trimmed(line[line.index(after: equals)...])
        guard !name.isEmpty, name.utf8.count <= 64, name.utf8.allSatisfy(isNameByte) else {
            throw KeyringProblems(["a key's name is of letters, digits, '-', '_' and '.', 64 at most"])
        }
        guard let bytes = Hexadecimal.bytes(digits), bytes.count == EncryptionKey.size else {
            throw KeyringProblems(
                ["key '\(name)' is not of 64 hexadecimal digits; `openssl rand -hex 32` prints such a key"])
        }
        return EncryptionKey(name: String(name), bytes: bytes)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return text.drop { $0.isWhitespace }
    }
}

/// Everything that is wrong with a file of keys.
struct KeyringProblems: Error, Hashable {
    let messages: [String]

    init(_ messages: [String]) { self.messages = messages }
}

/// Bytes as pairs of hexadecimal digits.
enum Hexadecimal {
    static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
