import Engine
import Simulation
import Testing

struct PromiseTests {
    /// In four parts, so that they run at once where there are cores.
    @Test(arguments: [1, 101, 201, 301] as [UInt64])
    func everyPromiseIsKeptInAHundredSeeds(from first: UInt64) {
        var coverage = Coverage()
        for seed in first..<(first + 100) {
            let run = SimulationRun(seed: seed, SimulationSettings())
            coverage.add(run.coverage)
            expectKept(run)
        }
        #expect(coverage.forbidden.isEmpty)
    }

    @Test(arguments: [1, 2, 5])
    func everyPromiseIsKeptByOtherNumbersOfWorkers(workers: Int) {
        var settings = SimulationSettings()
        settings.workers = workers
        for seed in UInt64(1)...30 { expectKept(SimulationRun(seed: seed, settings)) }
    }

    @Test func everyPromiseIsKeptInALongRun() {
        var settings = SimulationSettings()
        settings.steps = 400
        for seed in UInt64(1)...10 { expectKept(SimulationRun(seed: seed, settings)) }
    }

    @Test func aSeedDecidesEverything() {
        var settings = SimulationSettings()
        settings.keepsTrace = true
        for seed in UInt64(1)...10 {
            #expect(SimulationRun(seed: seed, settings).trace == SimulationRun(seed: seed, settings).trace)
        }
    }

    @Test(arguments: KeptSeed.all)
    func seedsThatFoundABugKeepTheirPromises(_ kept: KeptSeed) {
        var settings = SimulationSettings()
        settings.hasErasures = false
        expectKept(SimulationRun(seed: kept.seed, settings))
    }

    private func expectKept(_ run: SimulationRun) {
        #expect(run.violation == nil, "seed \(run.seed); replay: simulate --seed \(run.seed) --trace")
    }
}
