/// Fingerprints as people paste them.
enum FingerprintText {
    /// 64 hexadecimal digits in upper case, from a text with or without colons and blanks; nil when it is no SHA-256.
    static func sha256(_ text: String) -> String? {
        let digits = text.uppercased().filter { $0 != ":" && $0 != " " }
        let isHexadecimal = digits.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x46).contains($0) }
        return digits.utf8.count == 64 && isHexadecimal ? digits : nil
    }
}
