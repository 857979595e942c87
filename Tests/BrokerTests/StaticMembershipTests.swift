import Engine
import Kafka
import PortalSimulator
import Testing
import Worker
import WorkerHarness

/// Replicas with names of their own (KIP-345).
@Suite(.enabled(if: TestBroker.isWanted, TestBroker.howToGetOne))
struct StaticMembershipTests {
    @Test func aRollingRestartMovesNothing() throws {
        let installation = try WorkerCluster().installation
        // Stop and start must fit into a session: else it is no restart but a death, and partitions do move.
        func worker(_ name: String) throws -> RunningWorker {
            try installation.worker(["instance.id": name, "kafka.session.timeout.ms": "20000"])
        }
        let first = try worker("first")
        var second = try worker("second")
        #expect(eventually { first.partitions.count == 2 && second.partitions.count == 2 })
        let kept = first.partitions
        let moved = second.partitions
        let flow = Flow(installation)
        #expect(eventually { flow.answered > 10 })
        let restored = Restores(first)
        for _ in 0..<2 {
            #expect(second.stopped() == 0)
            second = try worker("second")
            #expect(eventually { second.partitions == moved })
            #expect(first.partitions == kept)
        }
        // Nothing was taken from the other one, not even for a moment: what was would have been restored.
        #expect(Restores(first) == restored)
        let requests = flow.end()
        #expect(try installation.answers().problems(with: requests) == nil)
        #expect(installation.portal.audit().duplicates == 0)
        #expect(first.stopped() == 0)
        #expect(second.stopped() == 0)
    }

    @Test func ofTwoWorkersWithOneNameTheOlderEnds() throws {
        let installation = try WorkerCluster(partitions: 2).installation
        let older = try installation.worker(["instance.id": "same"])
        let flow = Flow(installation)
        #expect(eventually { flow.answered > 10 })
        let newer = try installation.worker(["instance.id": "same"])
        #expect(eventually { older.status != nil })
        #expect(older.status == 1)
        #expect(older.failure?.contains("same instance.id") == true, "\(older.failure ?? "")")
        #expect(eventually { newer.partitions.count == 2 })
        let requests = flow.end()
        #expect(try installation.answers().problems(with: requests) == nil)
        #expect(installation.portal.audit().duplicates == 0)
        #expect(newer.stopped() == 0)
    }

    @Test func aProducerThatANewerOneFencedIsMadeAnew() throws {
        let workers = try WorkerCluster(partitions: 2)
        let installation = workers.installation
        let worker = try installation.worker(["instance.id": "one"])
        let flow = Flow(installation)
        #expect(eventually { flow.answered > 10 })
        for count in 1...3 {
            _ = try workers.cluster.producer("\(installation.group)-one")
            #expect(eventually { (worker.snapshot()?.transactions.producersRecreated ?? 0) >= count })
            // The old one is given up before the new one is there: only a commit shows that it is.
            let committed = worker.snapshot()?.transactions.committed ?? 0
            #expect(eventually { (worker.snapshot()?.transactions.committed ?? 0) > committed })
        }
        let requests = flow.end()
        #expect(try installation.answers().problems(with: requests) == nil)
        #expect(installation.portal.audit().duplicates == 0)
        #expect(worker.stopped() == 0)
    }

    private struct Restores: Equatable {
        let count: Int?
        init(_ worker: RunningWorker) { count = worker.snapshot()?.partitionsRestored }
    }
}
