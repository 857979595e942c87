/// What became of one run.
public struct SimulationRun: Sendable {
    public let seed: UInt64
    public let violation: Violation?
    public let coverage: Coverage
    /// Empty unless the settings ask for it.
    public let trace: [String]
    /// Virtual milliseconds.
    public let duration: Int64

    /// Runs one seed to its end.
    public init(seed: UInt64, _ settings: SimulationSettings) {
        let simulation = Simulation(seed: seed, settings)
        let violation = simulation.run()
        self.seed = seed
        self.violation = violation
        coverage = simulation.coverage
        trace = simulation.trace?.lines ?? []
        duration = simulation.now
    }
}
