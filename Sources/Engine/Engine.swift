import Estates

/// All decisions of a worker: what to call, what to write, when to wake. It has no I/O, no clock, no threads and no
/// randomness of its own; everything comes in as an input, with the time, and goes out as a command or a tick.
///
/// A driver calls one input at a time, then carries out `takeCommands`, and commits a `takeTick` whenever it can.
public struct Engine {
    var partitions: [Int32: Partition] = [:]
    var shared: Shared
    private var tickUnderWay: Tick?
    private var lastTick: UInt64 = 0
    private var lastEpoch: UInt64 = 0
    /// When settled filings are looked at next, to forget the old ones.
    private var sweepAt: Int64?
    /// When a call that is held back may be made, as far as that is known.
    var callsAt: Int64?

    /// - Parameter seed: decides the jitter. Two workers need two seeds, or they retry in step.
    public init(settings: EngineSettings, seed: UInt64) { shared = Shared(settings: settings, seed: seed) }

    // MARK: Partitions

    /// The partition is ours: its ledger is to be read.
    public mutating func assigned(_ partition: Int32, at now: Moment) {
        shared.now = now
        startOver(partition)
    }

    /// The ledger has been read, for that incarnation of the partition.
    public mutating func restored(_ partition: Int32, epoch: UInt64, _ contents: RestoredPartition, at now: Moment) {
        shared.now = now
        guard partitions[partition]?.epoch == epoch, partitions[partition]?.stage == .restoring else { return }
        partitions[partition]?.restore(contents, &shared)
        shared.commands.append(.startIntake(partition: partition, positions: contents.positions))
        makeCalls()
    }

    /// The inputs have so many partitions, owned by whomever: this worker's share of the rate limit depends on it.
    public mutating func setPartitionCount(_ count: Int, at now: Moment) {
        shared.now = now
        shared.rate.setPartitionCount(count)
        makeCalls()
    }

    /// Our certificate, key or secret has been replaced: if the gate is closed, the portal is probed at once.
    public mutating func credentialsReplaced(at now: Moment) {
        shared.now = now
        shared.gate.credentialsReplaced(at: now)
        makeCalls()
    }

    /// The partition is to be given up soon: finishes what is under way, and then says `drained`.
    public mutating func drain(_ partition: Int32, at now: Moment) {
        shared.now = now
        guard let stage = partitions[partition]?.stage, stage != .restoring else {
            drop(partition)
            shared.commands.append(.drained(partition: partition))
            return
        }
        partitions[partition]?.drain(&shared)
        reportDrained()
    }

    /// The partition is not ours any more, drained or not: forgets all of it.
    public mutating func revoked(_ partition: Int32, at now: Moment) {
        shared.now = now
        drop(partition)
        makeCalls()
    }

    // MARK: Work

    /// A record of an input, which the driver hands over once. One of a partition that takes none in is ignored: whoever
    /// takes the partition over will read it again.
    public mutating func record(_ record: OriginalRecord, _ parsed: ParsedRecord, at now: Moment) {
        shared.now = now
        // No value of the partition is held while it changes: all of it would be copied.
        let partition = record.source.partition
        guard partitions[partition]?.stage == .active else { return }
        partitions[partition]?.accept(record, parsed, &shared)
        makeCalls()
    }

    /// What became of a call.
    public mutating func answered(
        _ ticket: CallTicket, _ result: Result<PortalAnswer, PortalFailure>, at now: Moment
    ) {
        shared.now = now
        guard let call = shared.calls.close(ticket) else { return }
        let end = callEnded(call, ticket, result)
        partitions[call.caller.partition]?.callEnded(call.caller.target, ticket, end, &shared)
        makeCalls()
        reportDrained()
    }

    /// Time has passed.
    public mutating func advance(to now: Moment) {
        shared.now = now
        while let alarm = shared.timers.take(dueAt: now.monotonic) {
            guard partitions[alarm.partition]?.epoch == alarm.epoch else { continue }
            switch alarm.subject {
            case .person(let deceased): partitions[alarm.partition]?.personDue(deceased, at: alarm.at, &shared)
            case .filing(let identity): partitions[alarm.partition]?.filingDue(identity, at: alarm.at, &shared)
            case .following: partitions[alarm.partition]?.followingDue(at: alarm.at, &shared)
            }
        }
        sweep()
        makeCalls()
    }

    // MARK: Ticks

    /// Takes all that is ready to be written, as one transaction; nil when there is nothing, or while a tick is under way.
    public mutating func takeTick(at now: Moment) -> Tick? {
        shared.now = now
        guard tickUnderWay == nil else { return nil }
        var tick = Tick(id: lastTick + 1)
        for number in partitions.keys.sorted() {
            if let part = partitions[number]?.takePart(lease: shared.settings.lease) { tick.parts.append(part) }
        }
        guard !tick.isEmpty else { return nil }
        lastTick = tick.id
        tickUnderWay = tick
        return tick
    }

    /// How the transaction of the tick ended.
    public mutating func tickEnded(_ end: TickEnd, at now: Moment) {
        shared.now = now
        guard let tick = tickUnderWay else { return }
        tickUnderWay = nil
        for part in tick.parts where partitions[part.partition]?.epoch == part.epoch {
            switch end {
            case .committed:
                partitions[part.partition]?.committed(part, &shared)
            case .aborted:
                partitions[part.partition]?.aborted(part)
            case .unknown where partitions[part.partition]?.stage == .draining:
                // The next owner reads the ledger anyway.
                drop(part.partition)
                shared.commands.append(.drained(partition: part.partition))
            case .unknown:
                startOver(part.partition)
            }
        }
        makeCalls()
        reportDrained()
    }

    // MARK: What is wanted

    /// The commands since the last call, in order.
    public mutating func takeCommands() -> [Command] {
        defer { shared.commands.removeAll(keepingCapacity: true) }
        return shared.commands
    }

    /// When `advance` is next worth calling, on the monotonic clock in milliseconds.
    public var nextWake: Int64? {
        let sweep = partitions.values.contains { $0.settled.count > 0 || $0.mayHaveDeadlines } ? sweepAt : nil
        return [shared.timers.nextAt, sweep, callsAt].compactMap { $0 }.min()
    }

    /// Whether more records are welcome now. While the gate is closed none are, but for one when nobody is left whose
    /// search could probe the portal: else the gate would never open.
    public var wantsRecords: Bool { shared.gate.isClosed ? hasNobodyToProbeWith : placesHeld < shared.settings.window }

    /// Whether so much room is left that taking records again is worth it after a pause.
    public var hasRoomAgain: Bool {
        shared.gate.isClosed ? hasNobodyToProbeWith : placesHeld < shared.settings.window / 2
    }

    /// Whether there is something to commit.
    public var hasSomethingToWrite: Bool {
        tickUnderWay == nil && partitions.values.contains { $0.stage != .restoring && $0.hasSomethingToWrite }
    }

    public var statistics: EngineStatistics { shared.statistics }

    /// Where things stand, for people.
    public var overview: EngineOverview {
        var overview = EngineOverview(shared)
        for (number, partition) in partitions {
            overview.add(partition, number)
        }
        return overview
    }

    /// What the ledger would have to say of a partition for a restore to lead to this state; nil when it is not being
    /// worked on. For the simulation.
    package func durableState(of partition: Int32) -> [FilingIdentity: FilingEntry]? {
        guard let known = partitions[partition], known.stage != .restoring else { return nil }
        var state: [FilingIdentity: FilingEntry] = [:]
        for (identity, filing) in known.filings where !filing.isNothing {
            state[identity] = filing.entry(identity, lease: shared.settings.lease)
        }
        known.settled.visitAll { identity, filed in
            state[identity] = FilingEntry(identity: identity, state: .settled, filed: filed)
        }
        return state
    }

    /// The same of following: the estates as they were last seen, and how far it has come.
    package func durableFollowing(of partition: Int32) -> (estates: Set<FollowedEstate>, checkpoint: FollowCheckpoint?)
    {
        guard let known = partitions[partition] else { return ([], nil) }
        let rows = 0..<known.followed.rowCount
        return (Set(rows.compactMap { known.followed.estate(at: $0) }), known.checkpoint)
    }

    /// Filings and notifications that hold a place in the window.
    package var placesHeld: Int { partitions.values.reduce(0) { $0 + $1.placesHeld } }

    /// Filings that are not at the portal and only wait for a call, none of which has failed. For the simulation.
    package var filingsWaitingForACall: [(identity: FilingIdentity, estate: EstateID)] {
        partitions.values.flatMap { partition in
            partition.stage == .active ? partition.filingsWaitingForACall : []
        }
    }

    /// Whether the gate is closed. For the simulation.
    package var isGateClosed: Bool { shared.gate.isClosed }

    /// Partitions that this worker has. For the simulation.
    package var partitionsHeld: Int { partitions.count }

    // MARK: -

    private mutating func sweep() {
        guard let due = sweepAt, shared.now.monotonic >= due else { return }
        sweepAt = shared.now.monotonic + shared.settings.sweepInterval
        for number in partitions.keys.sorted() {
            partitions[number]?.forgetOld(&shared)
            partitions[number]?.watchDeadlines(&shared)
        }
    }

    private mutating func startOver(_ partition: Int32) {
        drop(partition)
        lastEpoch += 1
        partitions[partition] = Partition(number: partition, epoch: lastEpoch)
        sweepAt = sweepAt ?? shared.now.monotonic + shared.settings.sweepInterval
        shared.commands.append(.restore(partition: partition, epoch: lastEpoch))
    }

    private mutating func drop(_ partition: Int32) {
        guard let gone = partitions.removeValue(forKey: partition) else { return }
        for ticket in shared.calls.closeAll(partition: partition, epoch: gone.epoch) {
            shared.gate.cancel(ticket)
            shared.commands.append(.cancel(ticket))
        }
    }

    /// A drained partition is said to be so once, and forgotten.
    private mutating func reportDrained() {
        for number in partitions.keys.sorted() where partitions[number]?.isDrained == true {
            drop(number)
            shared.commands.append(.drained(partition: number))
        }
    }
}
