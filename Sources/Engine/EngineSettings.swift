import Estates

/// What the engine's decisions depend on besides its inputs. All times are milliseconds.
public struct EngineSettings: Hashable, Sendable {
    /// Whether changing calls are made, or only rehearsed.
    public var mode = FilingMode.live
    /// Whether a filing of which nothing is known is looked up before it is sent for the first time, since it may have been
    /// filed by somebody else: by hand, or by a program before this one.
    public var adoptsFilings = false
    /// Calls at once.
    public var maximumInFlight = 64
    /// How long one call may take.
    public var callTimeout: Int64 = 30_000
    /// How long an intent allows its call to be started and to run. A new owner of the partition lets as much time pass
    /// before it looks the filing up, so it must be longer than `callTimeout` and `portalGrace` together, or calls are cut short.
    public var lease: Int64 = 40_000
    /// How long after a call's deadline the portal may still be at work on it: bytes that were sent take effect when the
    /// portal gets to them. A call's deadline is so much before the end of its lease.
    public var portalGrace: Int64 = 5_000
    /// The first and the longest wait between attempts after a failure that may pass.
    public var retryBackoff: ClosedRange<Int64> = 1_000...300_000
    /// The longest `Retry-After` that is honoured.
    public var retryAfterLimit: Int64 = 3_600_000
    /// How long a failure may last before the request is dead-lettered.
    public var retryHorizon: Int64 = 7 * 86_400_000
    /// The shortest and the longest wait for an estate that is not there yet.
    public var estateWait: ClosedRange<Int64> = 3_600_000...86_400_000
    /// For how long what a search has found, or that it found nothing, answers the next requests too.
    public var searchMemory: Int64 = 60_000
    /// After a restore, searches that had been due before follow each other at this distance in each partition, or closer
    /// when there are so many that the last of them would come later than it is sought anyway.
    public var overdueStep: Int64 = 10_000
    /// How long an estate is waited for.
    public var estateWaitHorizon: Int64 = 180 * 86_400_000
    /// What becomes of requests in flight when our certificate or the environment is wrong.
    public var failurePolicy = FailurePolicy.deadLetter
    /// The age up to which calls count for the rate of failures that closes the gate.
    public var gateWindow: Int64 = 60_000
    /// The first and the longest wait before a probe of a portal that is down.
    public var probeBackoff: ClosedRange<Int64> = 1_000...30_000
    /// Answers in a row to one request that are not what the API describes, before it is dead-lettered.
    public var oddAnswers = 8
    /// Calls that repeat a failed one, in any `retryWindow`: at most this share of the others, in thousandths, and …
    public var retryShare = 200
    /// … so many more.
    public var retryFloor = 64
    public var retryWindow: Int64 = 10_000
    /// Calls a second for the whole group; nil is no limit.
    public var rateLimit: Double?
    /// How long a settled filing is remembered after its last change.
    public var ledgerRetention: Int64 = 400 * 86_400_000
    /// How often some settled filings are looked at, to forget the old ones.
    public var sweepInterval: Int64 = 60_000
    /// How many of each partition are looked at then.
    public var sweepSize = 512

    /// How often deadlines are looked at, at the most; it is done in a sweep.
    public var deadlineInterval: Int64 = 600_000
    /// How long a request must have waited before anybody is warned of its deadline.
    public var deadlinePatience: Int64 = 60_000
    /// How estates with our filings are followed; nil when they are not.
    public var following: FollowSettings? = FollowSettings()

    public init() {}

    /// The bytes of an attachment that are sent in a millisecond at the least: an upload gets so much more time than other
    /// calls.
    public var uploadRate: Int64 = 256
    /// In bytes.
    public var largestAttachment: Int64 = 20 << 20
    /// In bytes: what is assumed of an attachment of unknown size at first. It is four times as much after each failure, so
    /// that a large one gets its time in the end, and a small one does not hold up a look-up for long.
    public var assumedAttachment: Int64 = 1 << 20

    /// A call that has less time than this is not worth starting. A fresh intent always has more, whatever the settings,
    /// or a filing would be proposed for ever and never sent.
    var shortestCall: Int64 { min(callTimeout / 2, max(lease - portalGrace, 2) / 2) }

    /// How much longer than another call its upload may take.
    ///
    /// - Parameter failures: of its upload, in a row.
    func uploadTime(of attachment: Attachment, failures: Int) -> Int64 {
        let assumed = assumedAttachment << Int64(2 * min(failures, 8))
        return min(attachment.size ?? assumed, largestAttachment) / uploadRate
    }

    /// Filings that are being worked on at once. More than the calls in flight, so that accepting the next ones and
    /// committing overlap with the calls; bounded, so that a portal that is down does not fill the memory.
    public var window: Int { 4 * maximumInFlight }
}
