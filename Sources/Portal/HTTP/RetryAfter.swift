import CCurl
import Glibc

/// The header `Retry-After`: seconds, or a date (RFC 9110 § 10.2.3).
enum RetryAfter {
    /// No server may silence us for longer; the caller's own horizon is days.
    static let maximum: Int64 = 7 * 86_400 * 1000

    /// Milliseconds from now, or nil when there is no such header or it cannot be read.
    static func milliseconds(_ header: String?, now: Int64 = Int64(time(nil))) -> Int64? {
        guard let header else { return nil }
        let text = header.filter { $0 != " " && $0 != "\t" }
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return Int64(text).map { min(min($0, maximum) * 1000, maximum) } ?? maximum
        }
        let date = Int64(curl_getdate(header, nil))
        return date < 0 ? nil : min(max(0, date - now) * 1000, maximum)
    }
}
