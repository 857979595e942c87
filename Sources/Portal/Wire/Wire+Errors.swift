import JSON

extension Wire {
    /// The portal's own error code (`kode`), or OAuth's (`error`, RFC 6749 § 5.2). Nil when there is none, or none that can
    /// be shown: a code is short, made of ASCII letters, digits and `.-_`, and holds no row of digits that could be a part of
    /// someone's number.
    static func errorCode(in bytes: UnsafeRawBufferPointer) -> String? {
        guard let root = try? parse(bytes), let code = root["kode"]?.string ?? root["error"]?.string,
            (1...64).contains(code.utf8.count)
        else { return nil }
        var digitsInARow = 0
        for byte in code.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digitsInARow += 1
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."),
                UInt8(ascii: "-"), UInt8(ascii: "_"):
                digitsInARow = 0
            default: return nil
            }
            if digitsInARow > 4 { return nil }
        }
        return code
    }
}
