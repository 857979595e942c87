import CCurl
import Glibc

/// The time by the token server's clock, learnt from the header `Date` of its answers, refusals included: an assertion is
/// judged by that clock. When ours is wrong by an hour, the first request is refused and the second one is right.
struct ServerClock {
    /// Seconds that are not worth a word or a correction.
    private static let tolerance: Int64 = 10
    /// A difference that no clock has by accident is not followed: what we sign must not be usable far in the future.
    private static let maximum: Int64 = 86_400

    private let log: (PortalLogLevel, String) -> Void
    /// Seconds to add to ours.
    private var difference: Int64 = 0

    init(log: @escaping (PortalLogLevel, String) -> Void) { self.log = log }

    /// Seconds since 1970.
    func now(ours: Int64 = Int64(time(nil))) -> Int64 { ours + difference }

    /// Takes the header `Date` (RFC 9110 § 6.6.1) of an answer that has just come.
    mutating func note(date: String?, ours: Int64 = Int64(time(nil))) {
        guard let date else { return }
        let theirs = Int64(curl_getdate(date, nil))
        guard theirs > 0 else { return }
        let found = theirs - ours
        let isLarge = abs(found) > ServerClock.tolerance
        if isLarge, abs(found - difference) > ServerClock.tolerance {
            log(
                .warning,
                "this machine's clock is \(abs(found)) s \(found > 0 ? "behind" : "ahead of") the token server's; set it right"
            )
        }
        difference = isLarge && abs(found) <= ServerClock.maximum ? found : 0
    }
}
