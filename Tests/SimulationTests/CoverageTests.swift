import Engine
import Simulation
import Testing

struct CoverageTests {
    @Test func everyTransitionThatIsPossibleHappens() {
        var coverage = Coverage()
        for seed in UInt64(1_001)...1_400 { coverage.add(SimulationRun(seed: seed, SimulationSettings()).coverage) }
        #expect(coverage.forbidden.isEmpty)
        // Once in a thousand runs: `make simulate` sees to it.
        let rare: Set = [
            "lookingUp -> waitingForEstate", "lookingUp -> waitingToAttach", "sending -> waitingToAttach",
            "overtaken-restore", "adopting -> waitingForSearch", "adoptReady -> settled", "deadline, dead-lettered 14d",
            "deadline, dead-lettered 7d",
            "deadline, dead-lettered 1d", "deadline, dead-lettered lapsed",
        ]
        #expect(coverage.missing.filter { !rare.contains($0) }.isEmpty)
    }

    @Test func whatIsSaidToBePossibleNamesNoPhaseTwice() {
        for phase in PhaseName.allCases {
            let possible = Transitions.possible(from: phase)
            #expect(Set(possible).count == possible.count)
        }
    }
}
