/// Bounds the calls that repeat a failed one to a share of all calls in a sliding window, and a few more, so that a sick
/// portal is not hammered (Google, "Site Reliability Engineering", 2016, chapter 21).
struct RetryBudget {
    private static let buckets = 10

    private let window: Int64
    private let perMille: Int
    private let floor: Int
    private var calls = [Int](repeating: 0, count: buckets)
    private var retries = [Int](repeating: 0, count: buckets)
    /// The number, since the clock's zero, of the newest bucket.
    private var newest: Int64 = 0

    init(_ settings: EngineSettings) {
        window = max(settings.retryWindow, Int64(RetryBudget.buckets))
        perMille = settings.retryShare
        floor = settings.retryFloor
    }

    mutating func allowsRetry(at now: Int64) -> Bool {
        turn(to: now)
        let allowed = floor + calls.reduce(0, +) * perMille / 1000
        return retries.reduce(0, +) < allowed
    }

    /// When a retry may be allowed that is not now: when the oldest calls leave the window.
    func nextChance(after now: Int64) -> Int64 { (now / width + 1) * width }

    mutating func count(_ turn: CallTurn, at now: Int64) {
        self.turn(to: now)
        let bucket = Int(newest % Int64(RetryBudget.buckets))
        switch turn {
        case .first: calls[bucket] += 1
        case .retry: retries[bucket] += 1
        }
    }

    private var width: Int64 { window / Int64(RetryBudget.buckets) }

    private mutating func turn(to now: Int64) {
        let current = now / width
        guard current > newest else { return }
        for step in 1...min(current - newest, Int64(RetryBudget.buckets)) {
            let bucket = Int((newest + step) % Int64(RetryBudget.buckets))
            calls[bucket] = 0
            retries[bucket] = 0
        }
        // After a long pause all buckets were cleared, whichever they are.
        newest = current
    }
}

/// Whether a call is made for the first time, or again because it failed.
enum CallTurn: Hashable { case first, retry }
