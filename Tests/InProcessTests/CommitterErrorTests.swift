import Engine
import Kafka
import Synchronization
import Testing
import WorkerHarness

@testable import Worker

/// Every broker error that matters, from each transactional request, at the first, a middle and the last tick.
///
/// The mock answers with the error and does nothing else, as most brokers' errors do.
@Suite struct CommitterErrorTests {
    private static let requests: [ApiKey] = [
        .findCoordinator, .initProducerID, .addPartitionsToTransaction, .addOffsetsToTransaction,
        .transactionalOffsetCommit, .produce, .endTransaction,
    ]

    private static let errors: [KafkaError.Code] = [
        .notLeader, .requestTimedOut, .coordinatorLoading, .coordinatorNotAvailable, .notCoordinator,
        .notEnoughReplicas,
        .illegalGeneration, .unknownMemberID, .rebalanceInProgress, .topicAuthorizationFailed,
        .groupAuthorizationFailed, .clusterAuthorizationFailed, .transactionalIDAuthorizationFailed,
        .unknownTopicOrPartition, .outOfOrderSequenceNumber, .invalidProducerEpoch, .invalidTransactionState,
        .concurrentTransactions, .fencedInstanceID, .producerFenced, .unknownServerError, .invalidProducerIDMapping,
        .unknownProducerID, .duplicateSequenceNumber, .networkException, .transport,
    ]

    private struct Cell: Hashable, Comparable, CustomStringConvertible {
        let request: ApiKey
        let error: KafkaError.Code
        let moment: SeriesMoment

        var description: String { "\(request) × \(KafkaError(error).name) × \(moment)" }
        static func < (left: Self, right: Self) -> Bool { left.description < right.description }
    }

    private struct Row {
        let ends: [TickEnd]
        let recreated: Int
        let isReplaced: Bool
    }

    private final class Matrix: Sendable {
        let todo: Mutex<[Cell]>
        let rows = Mutex<[Cell: Row]>([:])
        let running = Mutex<Set<Cell>>([])

        init(_ cells: [Cell]) { todo = Mutex(cells) }

        var text: String {
            rows.withLock { rows in
                rows.sorted { $0.key < $1.key }.map {
                    "\($0.key): \($0.value.ends), new producers \($0.value.recreated)"
                }
                .joined(separator: "\n")
            }
        }
    }

    @Test func noErrorOfAnyRequestStopsTheCommitterOrLosesATick() throws {
        let cells = Self.requests.flatMap { request in
            Self.errors.flatMap { error in
                SeriesMoment.allCases.map { Cell(request: request, error: error, moment: $0) }
            }
        }
        let matrix = Matrix(cells.reversed())
        for _ in 0..<24 {
            onThread {
                while let cell = matrix.todo.withLock({ $0.popLast() }) {
                    matrix.running.withLock { _ = $0.insert(cell) }
                    guard let row = try? Self.row(cell) else { continue }
                    matrix.rows.withLock { $0[cell] = row }
                    matrix.running.withLock { _ = $0.remove(cell) }
                }
            }
        }
        // Far more than it takes; what hangs is named.
        let isComplete = eventually(600_000) { matrix.rows.withLock { $0.count } == cells.count }
        #expect(isComplete, "these did not end: \(matrix.running.withLock { $0.sorted() })\n\(matrix.text)")

        let rows = matrix.rows.withLock { $0 }
        for (cell, row) in rows.sorted(by: { $0.key < $1.key }) {
            let committed = row.ends.count { $0 == .committed }
            let unknown = row.ends.count { $0 == .unknown }
            #expect(committed + unknown == 3, "\(cell): \(row.ends)")
            // Only a commit can end in doubt.
            if cell.request != .endTransaction { #expect(unknown == 0, "\(cell): \(row.ends)") }
        }
        #expect(rows.isEmpty == false)
        Self.expectFlagsToLead(rows)
        if rows.values.contains(where: { row in
            row.ends.count { $0 == .committed } + row.ends.count { $0 == .unknown } != 3
        }) {
            print(matrix.text)
        }
    }

    /// What the errors that everybody meets lead to.
    private static func expectFlagsToLead(_ rows: [Cell: Row]) {
        func expect(
            _ request: ApiKey, _ error: KafkaError.Code, _ ends: [TickEnd], recreated: Bool = false,
            isReplaced: Bool = false
        ) {
            let cell = Cell(request: request, error: error, moment: .middle)
            guard let row = rows[cell] else { return }
            #expect(row.ends == ends, "\(cell)")
            #expect((row.recreated > 0) == recreated, "\(cell): new producers")
            #expect(row.isReplaced == isReplaced, "\(cell): replaced")
        }
        let atOnce: [TickEnd] = [.committed, .committed, .committed]
        let again: [TickEnd] = [.committed, .aborted, .committed, .committed]
        let doubt: [TickEnd] = [.committed, .unknown, .committed]
        // Retriable: it does not even show.
        for request in [ApiKey.addOffsetsToTransaction, .transactionalOffsetCommit, .endTransaction] {
            expect(request, .coordinatorLoading, atOnce)
            expect(request, .notCoordinator, atOnce)
        }
        expect(.addPartitionsToTransaction, .concurrentTransactions, atOnce)
        expect(.produce, .notLeader, atOnce)
        // Abortable: the same again.
        expect(.transactionalOffsetCommit, .illegalGeneration, again)
        expect(.transactionalOffsetCommit, .unknownMemberID, again)
        expect(.transactionalOffsetCommit, .fencedInstanceID, again, isReplaced: true)
        // Fatal before the commit: a new producer, and the same again.
        expect(.addPartitionsToTransaction, .producerFenced, again, recreated: true)
        expect(.addOffsetsToTransaction, .invalidProducerEpoch, again, recreated: true)
        // Fatal in the commit: nobody knows.
        expect(.endTransaction, .producerFenced, doubt, recreated: true)
        expect(.endTransaction, .invalidProducerEpoch, doubt, recreated: true)
        expect(.endTransaction, .invalidTransactionState, doubt, recreated: true)
    }

    private static func row(_ cell: Cell) throws -> Row {
        let mock = try MockInstallation(partitions: 1)
        var series = try CommitterSeries(mock.installation)
        series.run(cell.moment) { mock.cluster.pushRequestErrors(cell.request, [cell.error]) }
        return Row(ends: series.ends, recreated: series.recreated, isReplaced: series.isReplaced)
    }
}

extension KafkaError.Code {
    static let unknownServerError = Self(rawValue: -1)
    static let duplicateSequenceNumber = Self(rawValue: 46)
    static let invalidProducerIDMapping = Self(rawValue: 49)
    static let unknownProducerID = Self(rawValue: 59)
    static let networkException = Self(rawValue: 13)
}
