import Estates
import Testing

@testable import Engine
@testable import Worker

@Suite struct LetterScheduleTests {
    private func closure(_ reasons: FailureReason..., since: Int64 = 1000) -> GateClosure {
        GateClosure(reasons: Set(reasons), since: Timestamp(milliseconds: since))
    }

    private func schedule(_ categories: FailureCategory...) -> LetterSchedule {
        var settings = AutomaticReplay()
        settings.categories = Set(categories)
        return LetterSchedule(settings)
    }

    /// A schedule whose replay has just begun, at 62 s.
    private func replaying() -> LetterSchedule {
        var schedule = schedule(.certificate)
        schedule.gateOpened(closure(.expired), turn: 2000, at: 0)
        schedule.counted(open: 3, took: 5, at: 0)
        schedule.counted(open: 3, took: 5, at: 60_000)
        #expect(schedule.next(at: 61_999) == .wait(until: 62_000))
        #expect(schedule.next(at: 62_000) == .replay)
        schedule.replayBegins()
        return schedule
    }

    @Test func nothingIsLookedAfterBeforeTheGateHasOpened() {
        var schedule = schedule(.certificate)
        #expect(schedule.next(at: 99) == .wait(until: nil))
        schedule.gateClosed()
        #expect(schedule.next(at: .max) == .wait(until: nil))
    }

    @Test func lettersAreCountedUntilNoneIsOpen() {
        var schedule = schedule()
        schedule.gateOpened(closure(.expired), turn: 0, at: 0)
        #expect(schedule.next(at: 0) == .count)
        schedule.counted(open: 2, took: 10, at: 10)
        #expect(schedule.next(at: 10) == .wait(until: 60_010))
        schedule.counted(open: 2, took: 10_000, at: 70_000)
        #expect(schedule.next(at: 70_000) == .wait(until: 270_000))
        schedule.counted(open: 0, took: nil, at: 270_000)
        #expect(schedule.next(at: 270_000) == .wait(until: 300_000))
        schedule.counted(open: 0, took: 5, at: 300_000)
        #expect(schedule.next(at: .max) == .wait(until: nil))
        #expect(schedule.since == nil)
        #expect(schedule.automatic == .off)
    }

    /// A call that was under way when the gate closed may end after it has opened.
    @Test func lettersThatComeLateAreCountedToo() {
        var schedule = schedule()
        schedule.gateOpened(closure(.expired), turn: 0, at: 0)
        schedule.counted(open: 0, took: 5, at: 5)
        #expect(schedule.next(at: 60_005) == .count)
    }

    @Test func aReplayWaitsUntilTheGateHasBeenOpenForAWhile() {
        var schedule = replaying()
        #expect(schedule.automatic == .running)
        schedule.replayEnded(.finished, at: 70_000)
        #expect(schedule.automatic == .over)
        #expect(schedule.next(at: 70_000) == .count)
        schedule.counted(open: 0, took: 5, at: 70_000)
        #expect(schedule.next(at: .max) == .wait(until: nil))
    }

    @Test func onlyWhatTheSettingsNameIsReplayed() {
        var schedule = schedule(.environment)
        schedule.gateOpened(closure(.expired), turn: 0, at: 0)
        #expect(schedule.automatic == .off)
        schedule.counted(open: 1, took: 0, at: 0)
        #expect(schedule.next(at: 59_999) == .wait(until: 60_000))
        #expect(schedule.next(at: 1_000_000) == .count)
        schedule.gateOpened(closure(.wrongHost), turn: 0, at: 0)
        #expect(schedule.automaticCategories == [.environment])
        #expect(schedule.automatic == .waiting)
    }

    @Test func aGateThatClosesAgainEndsIt() {
        var waiting = schedule(.certificate)
        waiting.gateOpened(closure(.expired), turn: 0, at: 0)
        waiting.gateClosed()
        #expect(waiting.next(at: .max) == .wait(until: nil))
        var running = replaying()
        #expect(running.mayGoOn)
        running.gateClosed()
        #expect(!running.mayGoOn)
        running.replayEnded(.stopped, at: 63_000)
        #expect(running.next(at: .max) == .wait(until: nil))
    }

    @Test func aGateThatClosesAndOpensWhileItGoesOnEndsItToo() {
        var schedule = replaying()
        schedule.gateClosed()
        schedule.gateOpened(closure(.revoked, since: 62_500), turn: 0, at: 63_000)
        #expect(!schedule.mayGoOn)
        schedule.replayEnded(.stopped, at: 63_100)
        #expect(schedule.automatic == .waiting)
        #expect(schedule.next(at: 63_100) == .count)
        schedule.counted(open: 3, took: 0, at: 63_100)
        #expect(schedule.next(at: 122_999) == .wait(until: 123_000))
        #expect(schedule.next(at: 123_000) == .replay)
        #expect(schedule.since?.milliseconds == 1000)
        #expect(schedule.reasons == [.expired, .revoked])
    }

    @Test func aPersonsReplayIsLeftAlone() {
        var schedule = replaying()
        schedule.replayEnded(.busy(milliseconds: 20_000), at: 70_000)
        #expect(schedule.automatic == .waiting)
        schedule.counted(open: 3, took: 0, at: 70_000)
        #expect(schedule.next(at: 89_999) == .wait(until: 90_000))
        #expect(schedule.next(at: 90_000) == .replay)
        schedule.replayBegins()
        schedule.replayEnded(.lostToPerson, at: 95_000)
        #expect(schedule.automatic == .over)
        schedule.counted(open: 3, took: 0, at: 95_000)
        #expect(schedule.next(at: 10_000_000) == .count)
    }

    @Test(arguments: [(LetterSchedule.End.lostToAutomatic, Int64(60_000)), (.failed, 30_000)])
    func whatCameInBetweenIsTriedAgain(_ end: LetterSchedule.End, _ wait: Int64) {
        var schedule = replaying()
        schedule.replayEnded(end, at: 70_000)
        schedule.counted(open: 3, took: 10_000, at: 70_000)
        #expect(schedule.next(at: 70_000) == .wait(until: 70_000 + wait))
        #expect(schedule.next(at: 70_000 + wait) == .replay)
    }
}
