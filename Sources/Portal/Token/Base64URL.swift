/// Base64 with the URL-safe alphabet and no padding (RFC 4648 § 5), as JWTs want it.
enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var bits = 0 as UInt32
        var waiting = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            waiting += 8
            while waiting >= 6 {
                waiting -= 6
                text.append(alphabet[Int(bits >> UInt32(waiting) & 63)])
            }
        }
        if waiting > 0 { text.append(alphabet[Int(bits << UInt32(6 - waiting) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }
}
