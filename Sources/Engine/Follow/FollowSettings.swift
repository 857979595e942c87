/// How estates are followed. All times are milliseconds.
public struct FollowSettings: Hashable, Sendable {
    /// From the beginning of one round to that of the next.
    public var interval: Int64 = 3_600_000
    /// Estates that one call asks about.
    public var batchSize = 50
    /// How much further back than the beginning of the last round the next one asks. Clocks differ, and a change may be
    /// stored some time after the time that it bears; what is seen twice is known by what was seen before.
    public var overlap: Int64 = 900_000
    /// The same for the first round, for which only our own clock tells the time.
    public var firstOverlap: Int64 = 2 * 86_400_000
    /// How long an estate is followed after it was seen to be closed, since statuses of filings may still change.
    public var afterClosure: Int64 = 90 * 86_400_000
    /// How far the checkpoint may fall behind because questions were refused; then they are given up.
    public var horizon: Int64 = 7 * 86_400_000

    public init() {}
}
