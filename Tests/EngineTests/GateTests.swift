import Estates
import Testing

@testable import Engine

struct GateTests {
    /// Some requests of different persons wait for their searches, as many as calls may be made at once.
    private func story(_ requests: Int = 20, _ change: (inout EngineSettings) -> Void = { _ in }) -> Story {
        var story = Story(change)
        story.own()
        for number in 0..<requests { story.receive(Story.request(of: number, offset: Int64(number))) }
        return story
    }

    private func reports(_ story: Story) -> [String] {
        story.commands.compactMap { command in
            switch command {
            case .report(.gateClosed(let cause)): "closed \(cause.reason.rawValue)"
            case .report(.gateOpened): "opened"
            case .report, .call, .cancel, .restore, .startIntake, .drained: nil
            }
        }
    }

    private func gate(_ story: Story) -> GateOverview { story.engine.overview.gate }

    @Test(
        arguments: [
            (.clientCertificateRefused(.expired), "expired"), (.status(403, code: nil), "not-registered"),
            (.status(401, code: nil), "token-for-other-environment"), (.serverCertificateRefused, "server-certificate"),
            (.redirected, "wrong-host"),
        ] as [(PortalFailure.Cause, String)])
    func whatIsWrongForEveryRequestClosesAtOnce(_ cause: PortalFailure.Cause, reason: String) {
        var story = story { $0.maximumInFlight = 2 }
        story.fail(cause)
        #expect(reports(story) == ["closed \(reason)"])
        story.commit()
        #expect(story.answers == ["dead-letter \(reason)"])
        #expect(story.calls.count == 1)
        #expect(!story.engine.wantsRecords)
        #expect(gate(story).nextProbeAt != nil)
    }

    @Test func whatWasInFlightIsDeadLetteredAndTheRestWaits() {
        var story = story { $0.maximumInFlight = 4 }
        while !story.calls.isEmpty { story.fail(.status(403, code: nil)) }
        for _ in 0..<20 {
            story.passToNextWake()
            #expect(story.calls.count <= 1)
            if story.call != nil { story.fail(.status(403, code: nil)) }
        }
        story.commit()
        #expect(story.answers == Array(repeating: "dead-letter not-registered", count: 4))
    }

    @Test func heldNothingIsDeadLettered() {
        var story = story { $0.failurePolicy = .hold }
        for round in 0..<30 {
            if story.call == nil { story.passToNextWake() } else { story.fail(.clientCertificateRefused(.expired)) }
            if round % 5 == 0 { story.commit() }
        }
        story.commit()
        #expect(story.outcomes.isEmpty)
        #expect(gate(story).isHeld)
    }

    @Test func aHeldChangeIsMadeAgainWhenTheGateOpens() {
        var story = Story { $0.failurePolicy = .hold }
        story.own()
        story.receive(Story.request(.submit))
        story.findEstates()
        story.commit()
        story.fail(.clientCertificateRefused(.expired))
        story.commit()
        #expect(story.call == nil)
        story.pass(40 * 86_400_000)
        #expect(story.call == "search")
        story.findEstates()
        story.commit()
        #expect(story.call == "submit")
        story.take("F1", receipt: "K1")
        story.commit()
        #expect(story.answers == ["filed"])
    }

    @Test func aPortalThatDoesNotAnswerClosesByRateAndDeadLettersNothing() {
        var story = story { $0.maximumInFlight = 40 }
        for _ in 0..<9 { story.fail(.connectionRefused) }
        #expect(reports(story) == [])
        story.fail(.connectionRefused)
        #expect(reports(story) == ["closed portal-unavailable"])
        story.commit()
        #expect(story.outcomes.isEmpty)
    }

    @Test func halfOfTheCallsFailingIsARateAndLessIsNot() {
        for (everySo, closes) in [(2, true), (3, false)] {
            var story = story(60) { $0.maximumInFlight = 64 }
            for number in 1...40 where !story.calls.isEmpty {
                if number % everySo == 0 { story.fail(.timedOut) } else { story.findEstates(0) }
            }
            #expect((gate(story).state == .closed) == closes)
        }
    }

    @Test func aMaintenancePageIsAnOutageAndNoMisfit() {
        var story = story(1)
        for _ in 0..<(story.settings.oddAnswers - 1) {
            story.fail(.unexpectedBody)
            story.passToNextWake()
        }
        story.commit()
        #expect(story.outcomes.isEmpty)
        #expect(gate(story).state == .open)
        story.fail(.unexpectedBody)
        story.commit()
        #expect(story.answers == ["dead-letter unexpected-api"])
    }

    @Test func probesComeOneAtATimeAndLessAndLessOften() {
        var story = story { $0.maximumInFlight = 1 }
        story.fail(.status(403, code: nil))
        var waits: [Int64] = []
        for _ in 0..<200 {
            let before = story.now
            while story.call == nil { story.passToNextWake() }
            waits.append(story.now - before)
            #expect(story.calls.count == 1)
            #expect(story.call == "search")
            story.fail(.connectionRefused)
        }
        let range = story.settings.probeBackoff
        #expect(waits.allSatisfy { $0 >= range.lowerBound / 2 && $0 <= range.upperBound })
        #expect(waits.suffix(100).reduce(0, +) / 100 > range.upperBound / 3)
    }

    @Test func twoWorkersDoNotProbeInStep() {
        var times: [[Int64]] = []
        for seed in [1, 2] as [UInt64] {
            var gate = Gate()
            var random = SeededGenerator(seed: seed)
            let settings = EngineSettings()
            var now = Moment(monotonic: 0, wall: Timestamp(milliseconds: 0))
            let misfit = CallSign.misfit(GateCause(.expired, ""))
            let ticket = CallTicket(number: 1)
            _ = gate.callEnded(ticket, misfit, retryAfter: nil, settings, at: now, using: &random)
            times.append(
                (0..<20).map { _ in
                    now = Moment(monotonic: gate.probeAt, wall: now.wall)
                    gate.startProbe(ticket)
                    _ = gate.callEnded(ticket, misfit, retryAfter: nil, settings, at: now, using: &random)
                    return gate.probeAt
                })
        }
        #expect(Set(times[0]).isDisjoint(with: times[1]))
    }

    @Test func aProbeThatSucceedsOpensAndCallsComeBackStepByStep() {
        var story = story(60) { $0.maximumInFlight = 64 }
        for _ in 0..<10 { story.fail(.connectionRefused) }
        while !story.calls.isEmpty { story.fail(.connectionRefused) }
        // The records that came while it was open are the only ones.
        while story.call == nil { story.passToNextWake() }
        story.findEstates(0)
        #expect(reports(story) == ["closed portal-unavailable", "opened"])
        #expect(gate(story).state == .trial)
        #expect(story.calls.count <= 1)
        var most = 0
        for _ in 0..<40 {
            if story.calls.isEmpty { story.passToNextWake() } else { story.findEstates(0) }
            #expect(story.calls.count <= most + 2)
            most = max(most, story.calls.count)
        }
        #expect(gate(story).state == .open)
    }

    @Test func aFailureOnTrialClosesAgain() {
        var story = story()
        story.fail(.status(403, code: nil))
        while !story.calls.isEmpty { story.findEstates(0) }
        story.receive(Story.request(of: 30, offset: 30))
        while story.call == nil { story.passToNextWake() }
        story.findEstates(0)
        #expect(gate(story).state == .trial)
        story.receive(Story.request(of: 31, offset: 31))
        #expect(story.call == "search")
        story.fail(.timedOut)
        #expect(gate(story).state == .closed)
    }

    @Test func anOpeningTellsSinceWhenAndForWhichReasonsItWasClosed() {
        var story = story()
        var closures: [GateClosure] = []
        func note() {
            closures = story.commands.compactMap { command in
                if case .report(.gateOpened(let closure)) = command { closure } else { nil }
            }
        }
        let closed = story.moment.wall
        story.fail(.status(403, code: nil))
        while !story.calls.isEmpty { story.findEstates(0) }
        story.receive(Story.request(of: 30, offset: 30))
        while story.call == nil { story.passToNextWake() }
        story.fail(.clientCertificateRefused(.expired))
        while story.call == nil { story.passToNextWake() }
        story.findEstates(0)
        note()
        #expect(closures == [GateClosure(reasons: [.notRegistered, .expired], since: closed)])
        // A trial that is broken off does not end it.
        story.receive(Story.request(of: 31, offset: 31))
        story.fail(.timedOut)
        while story.call == nil { story.passToNextWake() }
        story.findEstates(0)
        note()
        #expect(closures.last == GateClosure(reasons: [.notRegistered, .expired, .portalUnavailable], since: closed))
    }

    @Test func aTimeOfBeingClosedEndsWhenTheGateIsTrustedAgain() {
        var story = story(0)
        var offset: Int64 = 0
        func request() {
            story.receive(Story.request(of: Int(offset), offset: offset))
            offset += 1
        }
        request()
        story.fail(.status(403, code: nil))
        request()
        while story.call == nil { story.passToNextWake() }
        story.findEstates(0)
        for _ in 0..<5 {
            request()
            story.findEstates(0)
        }
        #expect(gate(story).state == .open)
        story.pass(60_000)
        let closed = story.moment.wall
        request()
        story.fail(.clientCertificateRefused(.expired))
        request()
        while story.call == nil { story.passToNextWake() }
        story.findEstates(0)
        let last = story.commands.last { if case .report(.gateOpened) = $0 { true } else { false } }
        #expect(last == .report(.gateOpened(GateClosure(reasons: [.expired], since: closed))))
    }

    @Test func aClosedGateTakesOneRecordWhenNobodyIsLeftToProbeWith() {
        var story = story(1)
        story.fail(.clientCertificateRefused(.revoked))
        #expect(story.engine.wantsRecords)
        story.receive(Story.request(of: 2, offset: 2))
        #expect(!story.engine.wantsRecords)
        #expect(story.call == nil)
        story.passToNextWake()
        #expect(story.call == "search")
    }

    @Test func aNewCertificateIsTriedAtOnce() {
        var story = story()
        story.fail(.clientCertificateRefused(.expired))
        while !story.calls.isEmpty { story.fail(.clientCertificateRefused(.expired)) }
        story.receive(Story.request(of: 30, offset: 30))
        #expect(story.call == nil)
        story.engine.credentialsReplaced(at: story.moment)
        story.collect()
        #expect(story.call == "search")
    }
}
