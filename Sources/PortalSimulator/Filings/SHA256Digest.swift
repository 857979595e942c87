import COpenSSL

/// A SHA-256, kept in 32 bytes without an array around them.
struct SHA256Digest: Hashable, Sendable {
    /// The first and second half: the first alone serves as a key of 128 bits.
    let high: Key
    let low: Key

    /// Half of a digest: enough to tell apart all that a simulator ever sees.
    struct Key: Hashable, Sendable {
        let first: UInt64
        let second: UInt64
    }

    init(of bytes: UnsafeRawBufferPointer) {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { out in
            _ = SHA256(
                bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count,
                out.baseAddress?.assumingMemoryBound(to: UInt8.self))
        }
        high = Key(first: UInt64(bigEndian: words.0), second: UInt64(bigEndian: words.1))
        low = Key(first: UInt64(bigEndian: words.2), second: UInt64(bigEndian: words.3))
    }

    init(of bytes: some Sequence<UInt8>) {
        self = Array(bytes).withUnsafeBytes { SHA256Digest(of: $0) }
    }

    init?(hex: String) {
        guard let high = Key(hex: hex.prefix(32)), let low = Key(hex: hex.dropFirst(32)) else { return nil }
        self.high = high
        self.low = low
    }

    /// 64 lower-case hexadecimal digits.
    var hex: String { high.hex + low.hex }
}

extension SHA256Digest.Key {
    init?(hex: some StringProtocol) {
        guard hex.utf8.count == 32, let first = UInt64(hex.prefix(16), radix: 16),
            let second = UInt64(hex.suffix(16), radix: 16)
        else { return nil }
        self.init(first: first, second: second)
    }

    /// 32 lower-case hexadecimal digits.
    var hex: String { first.hex + second.hex }
}

extension UInt64 {
    /// 16 lower-case hexadecimal digits.
    var hex: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
