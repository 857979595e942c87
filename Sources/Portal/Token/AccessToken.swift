import Glibc

/// A bearer token with the times that govern it, on `MonotonicClock` in nanoseconds.
final class AccessToken {
    /// `Authorization: Bearer …` as a C string, made once for all the calls that carry it.
    let header: UnsafeMutablePointer<CChar>
    let validUntil: Int64
    /// From then on a new one is fetched, while calls still go on with this.
    var renewFrom: Int64

    /// The longest that we keep one, in seconds: what is revoked or turned off should not go on for longer.
    static let maximumLife: Int64 = 86_400

    /// Nil when the text could not stand in a header (RFC 6750 § 2.1): then it is no token, or an attempt to smuggle in
    /// more headers.
    init?(text: String, validFrom now: Int64, seconds: Int64) {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let header = strdup("Authorization: Bearer \(text)")
        else { return nil }
        self.header = header
        let life = max(0, min(seconds, AccessToken.maximumLife)) * 1_000_000_000
        validUntil = now + life
        // At 80 % of its life, but at least 30 s before its end when it lives long enough for that to matter.
        renewFrom = min(now + life / 5 * 4, life > 60_000_000_000 ? now + life - 30_000_000_000 : .max)
    }

    deinit {
        explicit_bzero(header, strlen(header))
        free(header)
    }
}
