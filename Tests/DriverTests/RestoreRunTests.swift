import Driver
import Engine
import Testing

struct RestoreRunTests {
    private static let committed: [InputTopic: Int64] = [.claimRequests: 7, .deathNotifications: 3]

    @Test func theIntakeGoesOnWhereTheGroupHasCommitted() {
        var run = RestoreRun()
        #expect(run.found(committed: RestoreRunTests.committed) == nil)
        #expect(run.found(.claimRequests, low: 0, high: 7) == nil)
        #expect(run.found(.deathNotifications, low: 5, high: 9) == nil)
        #expect(run.positions == RestoreRunTests.committed)
        #expect(run.mustStartOver(isLedgerEmpty: false) == false)
    }

    @Test func whereNothingIsCommittedItBeginsWithTheOldestRecords() {
        var run = RestoreRun()
        #expect(run.found(committed: [:]) == nil)
        #expect(run.found(.claimRequests, low: 4, high: 9) == nil)
        #expect(run.found(.deathNotifications, low: 0, high: 0) == nil)
        #expect(run.positions == [.claimRequests: 4, .deathNotifications: 0])
        #expect(run.mustStartOver(isLedgerEmpty: true) == false)
    }

    @Test(arguments: InputTopic.allCases)
    func theOffsetOfOneInputAloneIsRefused(topic: InputTopic) {
        var run = RestoreRun()
        #expect(run.found(committed: [topic: 5]) == .oneOffsetOnly)
    }

    @Test func anOffsetBeyondTheEndIsRefused() {
        var run = RestoreRun()
        _ = run.found(committed: RestoreRunTests.committed)
        #expect(
            run.found(.claimRequests, low: 0, high: 6) == .beyondEnd(.claimRequests, offset: 7, end: 6))
    }

    @Test func theLedgerIsReadToItsTrueEnd() {
        let run = RestoreRun()
        #expect(run.isWhole(at: 115, highWatermark: 115))
        #expect(!run.isWhole(at: 110, highWatermark: 115))
        #expect(!run.isWhole(at: 110, highWatermark: nil))
    }

    @Test func aLedgerWithoutOffsetsIsRefusedOnlyWhenItStaysSo() {
        var run = RestoreRun()
        _ = run.found(committed: [:])
        #expect(run.mustStartOver(isLedgerEmpty: false) == true)
        var overtaken = run
        // Another worker has had the partition between the two questions.
        #expect(overtaken.found(committed: RestoreRunTests.committed) == nil)
        #expect(overtaken.mustStartOver(isLedgerEmpty: false) == false)
        #expect(overtaken.positions == RestoreRunTests.committed)
        #expect(run.found(committed: [:]) == .ledgerWithoutOffsets)
    }

    @Test func whatIsInTheWayForLongIsToldOnceAMinute() {
        var run = RestoreRun()
        let withoutAny = run.mustTell(at: 500_000)
        #expect(!withoutAny)
        run.heldUp(at: 1_000)
        run.triedToEndPredecessor(at: 60_000)
        run.heldUp(at: 60_500)
        var told: [Int64] = []
        for now in stride(from: Int64(1_000), to: 250_000, by: 1_000) where run.mustTell(at: now) { told.append(now) }
        #expect(told == [121_000, 181_000, 241_000])
    }
}
