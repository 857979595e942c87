import Driver
import Engine
import Kafka
import PortalSimulator
import Testing
import WorkerHarness

@testable import Worker

/// A whole worker with a portal, in this process.
@Suite struct WorkerTests {
    @Test func requestsOfAllKindsAreAnsweredOnce() throws {
        let mock = try MockInstallation()
        let worker = try mock.installation.worker()
        var records = (0..<20).map { TestRecord.claim($0) }
        records += (20..<24).map { .receivable($0) } + (24..<28).map { .inventory($0) } + (28..<32).map { .inquiry($0) }
        records += (32..<36).map { .death($0) }
        let first = try mock.installation.send(records)
        let answers = try mock.installation.answers()
        #expect(answers.problems(with: first) == nil)
        // What follows on the first ones, and what cannot be read.
        let second = try mock.installation.send([
            .claim(1, action: "amend", principal: "200.00"), .withdrawal(2), .claim(3), .claim(4, principal: "7.00"),
            TestRecord(key: Array("person-1".utf8), value: Array("no JSON".utf8)),
            TestRecord(key: Array("person-1".utf8), value: nil), TestRecord(key: nil, value: Array("{}".utf8)),
        ])
        #expect(answers.problems(with: first.union(second)) == nil)
        var counts: [String: Int] = [:]
        for what in answers.all().values.joined() { counts[what, default: 0] += 1 }
        #expect(
            counts == [
                "filed": 32, "estate-found": 4, "amended": 1, "withdrawn": 1, "already-filed": 1,
                "conflicting-reference": 1, "malformed": 3,
            ])
        let audit = mock.installation.portal.audit()
        #expect(audit.filings == 32 && audit.duplicates == 0 && audit.amends == 1 && audit.withdrawals == 1)
        #expect(worker.stopped() == 0)
    }

    @Test func aStopFinishesWhatIsUnderWayAndARestartGoesOn() throws {
        let mock = try MockInstallation()
        mock.installation.portal.setLatency(.fixed(300))
        let first = try mock.installation.worker()
        let records = try mock.installation.send((0..<60).map { .claim($0) })
        #expect(eventually { mock.installation.portal.audit().filings > 0 })
        // What `commitAll` commits must have been taken in.
        #expect(eventually { first.snapshot()?.engineStatistics.acceptedRecords == 60 })
        mock.commitAll(first)
        #expect(first.stopped() == 0)
        mock.installation.portal.setLatency(.fixed(0))
        let second = try mock.installation.worker()
        let answers = try mock.installation.answers()
        #expect(answers.problems(with: records) == nil)
        let audit = mock.installation.portal.audit()
        #expect(audit.filings == 60 && audit.duplicates == 0)
        #expect(second.stopped() == 0)
    }

    @Test func aLostAnswerIsLookedUpAndNotSentAgain() throws {
        let mock = try MockInstallation()
        try mock.installation.portal.setFaults(["submit.answer-lost": 0.5])
        let worker = try mock.installation.worker()
        let records = try mock.installation.send((0..<40).map { .claim($0) })
        #expect(try mock.installation.answers().problems(with: records) == nil)
        let audit = mock.installation.portal.audit()
        #expect((audit.faults["answer-lost"] ?? 0) > 5)
        #expect(audit.filings == 40 && audit.duplicates == 0)
        #expect(worker.stopped() == 0)
    }

    @Test func aPortalThatIsDownForAWhileIsWaitedFor() throws {
        let mock = try MockInstallation()
        try mock.installation.portal.setFaults(["refuse": 1])
        let worker = try mock.installation.worker()
        let records = try mock.installation.send((0..<20).map { .claim($0) })
        #expect(eventually { (mock.installation.portal.audit().faults["refuse"] ?? 0) > 10 })
        try mock.installation.portal.setFaults([:])
        #expect(try mock.installation.answers().problems(with: records) == nil)
        #expect(mock.installation.portal.audit().duplicates == 0)
        #expect(worker.stopped() == 0)
    }

    @Test func aBrokerThatIsDownForAWhileIsWaitedFor() throws {
        let mock = try MockInstallation()
        let worker = try mock.installation.worker()
        let before = try mock.installation.send((0..<10).map { .claim($0) })
        let answers = try mock.installation.answers()
        #expect(answers.problems(with: before) == nil)
        try mock.cluster.takeDown(broker: 1)
        _ = eventually(4000) { false }
        try mock.cluster.bringUp(broker: 1)
        let after = try mock.installation.send((10..<20).map { .claim($0) })
        // The mock shows what was aborted, so an answer may come twice here; none is missing, and none is filed twice.
        #expect(eventually { after.isSubset(of: answers.all().keys) })
        let audit = mock.installation.portal.audit()
        #expect(audit.filings == 20 && audit.duplicates == 0)
        #expect(worker.stopped() == 0)
    }

    @Test func aFullWindowPausesTheIntakeAndItGoesOn() throws {
        let mock = try MockInstallation()
        mock.installation.portal.setLatency(.fixed(500))
        let worker = try mock.installation.worker(["portal.max.in.flight": "2"])
        let records = try mock.installation.send((0..<40).map { .claim($0) })
        // Eight places: the window is full as long as the portal is slow.
        #expect(eventually { worker.snapshot()?.lag.contains { ($0.records ?? 0) > 5 } ?? false })
        _ = eventually(1000) { false }
        mock.installation.portal.setLatency(.fixed(0))
        #expect(try mock.installation.answers().problems(with: records) == nil)
        let audit = mock.installation.portal.audit()
        #expect(audit.filings == 40 && audit.inFlightPeak <= 2)
        #expect(worker.stopped() == 0)
    }

    @Test func aWorkerIsStoppedWhileItJoins() throws {
        let mock = try MockInstallation()
        for wait in [0, 20, 100, 300] as [Int64] {
            let worker = try mock.installation.worker()
            _ = eventually(wait) { false }
            #expect(worker.stopped(within: 20_000) == 0)
        }
    }

    @Test func offsetsOfWhatStandsStillAreCommittedAgain() throws {
        let mock = try MockInstallation()
        let worker = try mock.installation.worker { $0.driver.offsetsLifetime = 100 }
        let records = try mock.installation.send([.claim(0)])
        #expect(try mock.installation.answers().problems(with: records) == nil)
        let committed = try #require(worker.snapshot()).transactions.committed
        #expect(eventually { (worker.snapshot()?.transactions.committed ?? 0) > committed + 3 })
        #expect(worker.stopped() == 0)
    }
}
