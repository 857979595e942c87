import Engine
import Estates
import EventLoop
import Kafka
import WorkerHarness

@testable import Worker

/// When in a series of ticks an error comes.
enum SeriesMoment: String, CaseIterable, Sendable {
    /// Before the producer is opened.
    case first
    case middle
    case last
}

/// A committer, and three ticks that it is to commit, made by an engine.
struct CommitterSeries {
    private let committer: Committer
    private var engine: Engine
    private var offset: Int64 = 0
    /// How each attempt ended, in order.
    private(set) var ends: [TickEnd] = []
    private(set) var recreated = 0
    private(set) var isReplaced = false

    init(_ installation: Installation) throws {
        let settings = try installation.settings()
        let log = Log(level: .error, format: .text)
        let clients = KafkaClients(settings: settings, log: log)
        committer = Committer(
            clients: clients,
            encoder: OutcomeEncoder(topics: settings.topics, groupID: settings.groupID, worker: "test"))
        engine = Engine(settings: settings.engine, seed: 1)
        engine.assigned(0, at: now)
        for case .restore(_, let epoch) in engine.takeCommands() {
            engine.restored(0, epoch: epoch, RestoredPartition(), at: now)
        }
    }

    /// Commits three ticks; before the one that is meant, the error is pushed.
    mutating func run(_ moment: SeriesMoment, push: () -> Void) {
        for tick in SeriesMoment.allCases {
            if tick == moment { push() }
            commitOne()
        }
    }

    /// Writes one tick until it is committed, as the worker does; an unknown end is the end of it.
    mutating func commitOne(bytes: Int = 10, attempts: Int = 6) {
        accept(bytes: bytes)
        for _ in 0..<attempts {
            guard let tick = engine.takeTick(at: now) else { return }
            let offsets = [
                PartitionOffset(TopicPartition(committer.clients.settings.topics.claimRequests, 0), .at(offset))
            ]
            // The mock checks no membership, but the library wants one.
            let group = GroupMetadata(group: committer.clients.settings.groupID, generation: 1, memberID: "m")
            let result = committer.commit(CommitJob(tick: tick, offsets: offsets, group: group))
            engine.tickEnded(result.end, at: now)
            ends.append(result.end)
            recreated += result.producersRecreated
            isReplaced = isReplaced || result.isReplaced
            switch result.end {
            case .committed: return
            case .aborted: continue
            case .unknown:
                // The engine has started over; the driver would restore it.
                for case .restore(_, let epoch) in engine.takeCommands() {
                    engine.restored(0, epoch: epoch, RestoredPartition(), at: now)
                }
                return
            }
        }
    }

    /// One request, which goes to the ledger, and one record that is dead-lettered.
    private mutating func accept(bytes: Int) {
        for value in [TestRecord.claim(Int(offset)).value, [UInt8](repeating: 0x78, count: bytes)] {
            let record = OriginalRecord(
                source: Source(topic: .claimRequests, partition: 0, offset: offset), timestamp: 0,
                key: Array("person".utf8), value: value, headers: [])
            offset += 1
            engine.record(record, RecordParser(isProduction: false).parse(record), at: now)
        }
    }

    private var now: Moment { Moment(monotonic: MonotonicClock.milliseconds(), wall: Log.now()) }
}
