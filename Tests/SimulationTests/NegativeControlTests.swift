import Simulation
import Testing

/// Each mechanism is switched off in turn; a simulation that did not notice would prove nothing.
struct NegativeControlTests {
    @Test(arguments: Mechanism.allCases)
    func withoutItAPromiseIsBroken(mechanism: Mechanism) {
        var settings = SimulationSettings()
        settings.without = mechanism
        let broken = (UInt64(1)...400).contains { SimulationRun(seed: $0, settings).violation != nil }
        #expect(broken, "without \(mechanism.rawValue) nothing was broken in 400 seeds")
    }
}
