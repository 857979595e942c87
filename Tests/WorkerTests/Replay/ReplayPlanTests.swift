import Kafka
import Testing

@testable import Worker

@Suite struct ReplayPlanTests {
    private func places(_ plan: ReplayPlan) -> [Int64] {
        var places: [Int64] = []
        plan.book.visit { place, _ in places.append(place.offset) }
        return places
    }

    @Test func whatWasDealtWithIsLeftOut() throws {
        let audit: [Int64: AuditEvent] = [
            2: Letters.event(.replayed, run: "a"), 4: Letters.event(.discarded, run: "b"),
        ]
        let plan = ReplayPlan(Letters.book(1...5, audit: audit), try Letters.filter(), again: false, limit: nil)
        #expect(places(plan) == [1, 3, 5])
        #expect(plan.skipped == 2)
        #expect(plan.ranges == [1: 1...5])
        let again = ReplayPlan(Letters.book(1...5, audit: audit), try Letters.filter(), again: true, limit: nil)
        #expect(places(again) == [1, 2, 3, 4, 5])
        let discarded = ReplayPlan(
            Letters.book(1...5, audit: audit), try Letters.filter("--status", "discarded"), again: true, limit: nil)
        #expect(places(discarded) == [4])
    }

    @Test func aLimitTakesTheOldest() throws {
        let plan = ReplayPlan(Letters.book(1...5), try Letters.filter(), again: false, limit: 2)
        #expect(places(plan) == [4, 5])
        #expect(plan.planned == 2)
        #expect(plan.ranges == [1: 4...5])
    }

    @Test func whatIsRefusedIsSaid() throws {
        let plan = ReplayPlan(
            Letters.book(1...3, obstacle: .failedTooOften), try Letters.filter(), again: false, limit: nil)
        #expect(plan.planned == 0)
        #expect(plan.lines(.discard).last == "refused: 3 \(ReplayObstacle.failedTooOften.explanation)")
    }

    @Test func theLoopGuardCountsTheSameFailure() throws {
        let topics = try SettingsTests.load(SettingsTests.enough).topics
        let check = ObstacleCheck(topics: topics, target: nil, mostRepeats: 3)
        func obstacle(_ repeats: Int, _ source: String = "estate.claim-requests") -> ReplayObstacle? {
            let more = [Header("proklama.error.repeats", text: String(repeats))]
            return check.obstacle(LetterHeaders(Letters.record(source: source, more: more)))
        }
        #expect(obstacle(2) == nil)
        #expect(obstacle(3) == .failedTooOften)
        #expect(obstacle(1, "somewhere.else") == .sourceUnknown)
        #expect(obstacle(1, "estate.ledger") == .sourceUnknown)
        let elsewhere = ObstacleCheck(topics: topics, target: "parked", mostRepeats: 3)
        #expect(elsewhere.obstacle(LetterHeaders(Letters.record(source: "somewhere.else"))) == nil)
    }

    /// The plan was made without the lock, so somebody may have been quicker.
    @Test func underTheLockOnlyWhatNobodyDealtWithSinceIsLeft() throws {
        let audit: [Int64: AuditEvent] = [1: Letters.event(.replayed, run: "old")]
        let plan = ReplayPlan(Letters.book(1...4, audit: audit), try Letters.filter(), again: true, limit: nil)
        var now = AuditUnderLock(plan.book, own: "mine")
        for (offset, run) in [(1, "old"), (2, "other"), (3, "mine"), (9, "other")] as [(Int64, String)] {
            let event = Letters.event(.replayed, run: run)
            now.note(AuditEntry(event, after: nil), of: LetterPlace(partition: 1, offset: offset))
        }
        now.count()
        let left = (1...9).filter { now.leaves(LetterPlace(partition: 1, offset: $0)) }
        #expect(left == [1, 4])
        #expect(now.doneByThisRun == 1)
        #expect(now.doneByOthers == 1)
        #expect(Set(now.earlier.keys.map(\.offset)) == [1, 2, 3])
    }
}
