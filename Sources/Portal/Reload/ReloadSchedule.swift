/// Decides when replaced files are read, and when a failure is told. A value: no files, no clock.
///
/// Certificate and key are two files, so for a while one is new and the other is not, and each may be half-written. So files
/// are read when they have been quiet for a moment, and what is wrong then is told only when it lasts.
struct ReloadSchedule<Stamp: Equatable> {
    /// Nanoseconds between two looks when nothing happens.
    static var interval: Int64 { 2_000_000_000 }
    /// How long files must have been quiet.
    static var settling: Int64 { 300_000_000 }
    /// How long a pair may not fit before that is an error.
    static var patience: Int64 { 10_000_000_000 }
    /// Between two attempts at the same files: a certificate may become valid meanwhile.
    static var pause: Int64 { 60_000_000_000 }

    /// When the files are to be looked at next.
    private(set) var nextLook: Int64
    private var attempted: [Stamp]
    private var seen: [Stamp]
    private var failingSince: Int64?
    private var hasToldFailure = false
    private var nextAttempt = Int64.max

    /// - Parameter stamps: of the files, from before they were read for the first time.
    init(_ stamps: [Stamp], now: Int64) {
        attempted = stamps
        seen = stamps
        nextLook = now + Self.interval
    }

    /// Something has happened in the files' folders.
    mutating func hint(now: Int64) { nextLook = min(nextLook, now + Self.settling) }

    /// - Returns: whether the files are to be read now.
    mutating func look(_ stamps: [Stamp], now: Int64) -> Bool {
        if stamps != seen {
            seen = stamps
            nextLook = now + Self.settling
            return false
        }
        nextLook = now + Self.interval
        if stamps != attempted {
            attempted = stamps
            failingSince = nil
            hasToldFailure = false
            return true
        }
        return failingSince != nil && now >= nextAttempt
    }

    mutating func succeeded() {
        failingSince = nil
        hasToldFailure = false
        nextAttempt = .max
    }

    /// - Returns: whether the failure is to be told now: once for each replacement.
    mutating func failed(now: Int64) -> Bool {
        let start = failingSince ?? now
        failingSince = start
        if hasToldFailure || now < start + Self.patience {
            nextAttempt = hasToldFailure ? now + Self.pause : start + Self.patience
            return false
        }
        hasToldFailure = true
        nextAttempt = now + Self.pause
        return true
    }
}
