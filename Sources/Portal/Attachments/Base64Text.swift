/// Decodes the base64 (RFC 4648 § 4) of a JSON string piece by piece, where it stands in the JSON text: no decoded copy of
/// the whole is ever made.
public struct Base64Text {
    /// The text is no base64 with its padding.
    public struct Malformed: Error {}

    private let json: [UInt8]
    private var at: Int
    private let end: Int
    private var bits: UInt32 = 0
    /// Characters of the quantum of four that have been read.
    private var pending = 0
    private var padding = 0

    /// - Parameter range: the places between the string's quotes in `json`, which is valid.
    public init(_ json: [UInt8], _ range: Range<Int>) {
        self.json = json
        at = range.lowerBound
        end = range.upperBound
    }

    /// Fills the buffer as far as there is something; 0 is the end.
    ///
    /// - Parameter buffer: of three bytes or more.
    public mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(Malformed) -> Int {
        var count = 0
        while count + 3 <= buffer.count {
            guard let character = try next() else {
                guard pending == 0 else { throw Malformed() }
                return count
            }
            // Nothing follows the padding.
            guard padding == 0 || (character == Base64Text.equals && pending > 0) else { throw Malformed() }
            if character == Base64Text.equals {
                guard pending >= 2 else { throw Malformed() }
                padding += 1
                bits <<= 6
            } else {
                let value = Base64Text.values[Int(character)]
                guard value < 64 else { throw Malformed() }
                bits = bits << 6 | UInt32(value)
            }
            pending += 1
            if pending < 4 { continue }
            // What the padding leaves over must be nothing, or two texts would mean the same bytes.
            guard padding == 0 || bits & (padding == 1 ? 0xFF : 0xFFFF) == 0 else { throw Malformed() }
            for shift in [16, 8, 0].prefix(3 - padding) {
                buffer[count] = UInt8(truncatingIfNeeded: bits >> UInt32(shift))
                count += 1
            }
            bits = 0
            pending = 0
        }
        return count
    }

    /// The next character, without the escapes of JSON: some writers escape slashes, others the plus sign.
    private mutating func next() throws(Malformed) -> UInt8? {
        guard at < end else { return nil }
        let byte = json[at]
        at += 1
        guard byte == UInt8(ascii: "\\") else { return byte }
        guard at < end else { throw Malformed() }
        let escape = json[at]
        at += 1
        guard escape == UInt8(ascii: "u") else { return escape }
        guard at + 4 <= end, let code = UInt16(String(decoding: json[at..<(at + 4)], as: UTF8.self), radix: 16),
            code < 0x80
        else { throw Malformed() }
        at += 4
        return UInt8(code)
    }

    private static let equals = UInt8(ascii: "=")

    /// By character; 255 is none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, character) in alphabet.utf8.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()
}
