import Engine

/// Everything that can go wrong in a run, for counting.
public enum Fault: String, Sendable, CaseIterable {
    case kill
    case killAtStep = "kill-at-step"
    case stop, terminate
    case cutFromBroker = "cut-from-broker"
    case replacedWhileStopped = "replaced-while-stopped"
    case clockJump = "clock-jump"
    case commitAnswerLost = "commit-answer-lost"
    case commitLost = "commit-lost"
    case commitLate = "commit-late"
    case abortable, fatal, retriable
    case refusedWithoutFlags = "refused-without-flags"
    case abortFailed = "abort-failed"
    case unknownCommit = "commit-of-unknown-fate"
    case slowMarker = "slow-marker"
    case transactionTimeout = "transaction-timeout"
    case fencedByGroup = "fenced-by-group"
    case fencedProducer = "fenced-producer"
    case illegalGeneration = "illegal-generation"
    case eviction
    case lostAssignment = "assignment-lost"
    case evictionUnheard = "eviction-unheard-in-rebalance"
    case slowJoin = "slow-join"
    case renamed = "renamed-without-event"
    case membershipLost = "membership-lost"
    case readAgain = "records-read-again"
    case keptPause = "pause-kept-from-earlier"
    case intakeRefused = "intake-refused"
    case offsetsKept = "offsets-kept-alive"
    case drainTimeout = "drain-timeout"
    case stopTimeout = "stop-timeout"
    case openAtRestore = "open-transaction-at-restore"
    case predecessorEnded = "predecessor's-transaction-ended"
    case overtakenRestore = "overtaken-restore"
    case pendingAtRestore = "pending-offsets-at-restore"
    case compaction
    case tombstoneRemoved = "tombstone-removed"
    case answerLost = "answer-lost"
    case resetBefore = "reset-before"
    case neverArrived = "never-arrived"
    case slow
    case lateBytes = "late-bytes"
    case overDeadline = "took-effect-after-deadline"
    case notStarted = "not-started"
    case overload
    case serverError = "server-error"
    case errorAfterEffect = "error-after-effect"
    case refusal, conflict
    case notFound = "not-found"
    case certificate, outage, token
    case brokenBody = "broken-body"
    case storedLate = "change-stored-late"
    case stubborn = "same-refusal-every-time"
    case attachmentUnusable = "attachment-unusable"
    case attachmentRefused = "attachment-refused"
    case uploadLost = "upload-answer-lost"
    case deadCallTookEffect = "dead-worker's-call-took-effect"
}

/// How much of each fault a run has, in calls of a thousand or as rates; decided by the seed, so that runs differ in kind
/// and not only in order (Groce and others, "Swarm testing", 2012).
struct FaultPlan {
    /// Time between faults of processes; 0 is never.
    var processFaultEvery: Int64 = 0
    var kills = 0
    var stops = 0
    var terminations = 0
    var cuts = 0
    var clockJumps = 0
    var killAtStep = 0
    var longStops = false

    var commitAnswerLost = 0
    var commitLost = 0
    var commitLate = 0
    var abortable = 0
    var fatal = 0
    var retriable = 0
    var slowJoin = 0
    var readAgain = 0
    var intakeRefused = 0
    /// Milliseconds.
    var tickInterval: Int64 = 20
    var offsetsLifetime: Int64 = 21_600_000
    var slowMarkers = 0
    var slowBroker = 0
    var compaction = false

    var answerLost = 0
    var resetBefore = 0
    var neverArrived = 0
    var slow = 0
    var lateBytes = 0
    var overload = 0
    var serverError = 0
    var errorAfterEffect = 0
    var refusal = 0
    var conflict = 0
    var notFound = 0
    var brokenBody = 0
    /// Whole outages and refused certificates: from when to when.
    var outage: Range<Int64> = 0..<0
    var certificate: Range<Int64> = 0..<0

    var hasIdempotencyKeys = false
    var isStatic = false
    /// Whether workers are configured with leases of their own.
    var hasMixedLeases = false
    /// A filing that the portal never knows, or always has already, whatever was sent, even when all else is well.
    var stubborn: Int?
    var stubbornStatus = 404

    /// So short in some runs that filings are forgotten while requests about them still come.
    var ledgerRetention: Int64 = 400 * 86_400_000
    var policy = FailurePolicy.deadLetter
    /// Calls a second of the group.
    var rateLimit: Double?

    /// Whether requests have attachments, and how often one cannot be read or is refused. Decided by chance of their own.
    var hasAttachments = false
    var attachmentUnusable = 0
    var attachmentRefused = 0

    /// Whether the workers of the run are shadows.
    var mode = FilingMode.live
    /// Whether somebody has filed before, and workers look for that.
    var isFiledByHand = false

    /// - Parameter other: chance that nothing else depends on.
    mutating func planOnboarding(_ other: inout SimulationRandom) {
        if other.chance(50) { mode = .shadow }
        isFiledByHand = other.chance(150)
        // What we have forgotten is found again as somebody else's. The model's portal hides it when it is forgotten, which
        // would be in the middle of that.
        if isFiledByHand { ledgerRetention = 400 * 86_400_000 }
    }

    /// Orders to erase a person, in a thousand requests.
    var erasures = 0

    /// - Parameter other: chance that nothing else depends on.
    mutating func planErasures(_ other: inout SimulationRandom) {
        if other.chance(400) { erasures = [30, 100, 250][other.index(3)] }
        // A request after the order finds what is filed again, until the order is committed and the model portal hides it.
        if isFiledByHand { erasures = 0 }
    }

    /// - Parameter other: chance that nothing else depends on.
    mutating func planAttachments(_ other: inout SimulationRandom) {
        hasAttachments = other.chance(400)
        if hasAttachments, other.chance(400) { attachmentUnusable = 1 + other.index(60) }
        if hasAttachments, other.chance(400) { attachmentRefused = 1 + other.index(60) }
    }

    /// How estates are followed, if they are, and what changes at the portal.
    var following: FollowSettings?
    var portalTellsTime = true
    var happenings: [Happening] = []

    /// - Parameter other: chance that nothing else depends on.
    mutating func planFollowing(_ other: inout SimulationRandom, quietAt: Int64) {
        guard mode == .live, other.chance(450) else { return }
        var settings = FollowSettings()
        settings.interval = [1_500, 4_000, 9_000][other.index(3)]
        settings.batchSize = 1 + other.index(3)
        settings.overlap = 6_000
        settings.afterClosure = other.chance(500) ? 3_000 : 100_000_000
        settings.horizon = .max / 4
        following = settings
        // By clocks that jump nothing can be followed; the portal's does not.
        portalTellsTime = clockJumps > 0 || other.chance(700)
        for _ in 0..<other.number(3...30) { happenings.append(Happening(&other, before: quietAt)) }
        happenings.sort { $0.at < $1.at }
    }

    init(_ random: inout SimulationRandom) {
        func some(_ chance: Int, upTo limit: Int) -> Int {
            random.chance(chance) ? 1 + random.index(limit) : 0
        }
        if random.chance(800) { processFaultEvery = [800, 2_000, 5_000, 12_000][random.index(4)] }
        kills = some(700, upTo: 10)
        stops = some(600, upTo: 10)
        terminations = some(500, upTo: 8)
        cuts = some(500, upTo: 8)
        clockJumps = some(300, upTo: 4)
        killAtStep = some(300, upTo: 30)
        longStops = random.chance(500)
        commitAnswerLost = some(400, upTo: 60)
        commitLost = some(300, upTo: 60)
        commitLate = some(300, upTo: 60)
        abortable = some(400, upTo: 60)
        fatal = some(300, upTo: 30)
        retriable = some(300, upTo: 60)
        slowJoin = some(400, upTo: 150)
        readAgain = some(400, upTo: 300)
        intakeRefused = some(300, upTo: 100)
        tickInterval = [5, 20, 60][random.index(3)]
        if random.chance(250) { offsetsLifetime = 5_000 }
        slowMarkers = some(500, upTo: 300)
        slowBroker = some(300, upTo: 100)
        compaction = random.chance(600)
        answerLost = some(600, upTo: 250)
        resetBefore = some(400, upTo: 150)
        neverArrived = some(400, upTo: 100)
        slow = some(500, upTo: 200)
        overload = some(400, upTo: 200)
        serverError = some(400, upTo: 150)
        errorAfterEffect = some(400, upTo: 150)
        refusal = some(300, upTo: 60)
        conflict = some(300, upTo: 60)
        notFound = some(250, upTo: 60)
        brokenBody = some(250, upTo: 60)
        if random.chance(250) {
            let from = random.number(2_000...30_000)
            outage = from..<(from + random.number(1_000...30_000))
        }
        if random.chance(200) {
            let from = random.number(2_000...30_000)
            certificate = from..<(from + random.number(500...(random.chance(300) ? 30_000 : 6_000)))
        }
        hasIdempotencyKeys = random.chance(300)
        if hasIdempotencyKeys { lateBytes = some(700, upTo: 100) }
        isStatic = random.chance(400)
        hasMixedLeases = random.chance(200)
        if random.chance(100) {
            stubborn = random.index(4)
            stubbornStatus = random.chance(500) ? 404 : 409
        }
        if random.chance(400) { policy = .hold }
        if random.chance(250) { rateLimit = [1.5, 8, 40][random.index(3)] }
        if random.chance(250) { ledgerRetention = [3_000, 8_000, 20_000][random.index(3)] }
    }
}
