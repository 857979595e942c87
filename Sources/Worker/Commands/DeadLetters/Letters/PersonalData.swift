/// Keeps what a terminal, or whoever looks over a shoulder, should not get.
enum PersonalData {
    /// What is hidden.
    enum Masking { case cpr, none }

    /// With `******-****` in place of whatever looks like a CPR number: ten digits, or six and four with a hyphen.
    static func masked(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var position = 0
        while position < bytes.count {
            guard isDigit(bytes[position]) else {
                result.append(bytes[position])
                position += 1
                continue
            }
            let end = digitsEnd(bytes, position)
            let count = end - position
            if count == 10 {
                result += Array("******-****".utf8)
                position = end
            } else if count == 6, end < bytes.count, bytes[end] == UInt8(ascii: "-"),
                digitsEnd(bytes, end + 1) - end == 5
            {
                result += Array("******-****".utf8)
                position = end + 5
            } else {
                result += bytes[position..<end]
                position = end
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// With control characters spelled out: a record must not move a terminal's cursor or set its title.
    static func printable(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A, 0x09, 0x20...0x7E, 0xA0...: result.unicodeScalars.append(scalar)
            default: result += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return result
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func digitsEnd(_ bytes: [UInt8], _ start: Int) -> Int {
        bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
    }
}
