import Simulation
import Testing

/// Persons who wait for weeks, with the real engine: `make waiting` with fewer of them. The same settings always lead to
/// the same figures, so there are thresholds.
struct WaitingTests {
    private func run(persons: Int, days: Int, without control: WaitingControl? = nil) -> WaitingReport {
        var settings = WaitingSettings()
        settings.persons = persons
        settings.days = days
        settings.restarts = [
            WaitingSettings.Restart(day: 8, hours: 0.2), WaitingSettings.Restart(day: 16, hours: 36),
        ]
        settings.without = control
        var run = WaitingRun(settings)
        run.run()
        return run.report
    }

    @Test func whoWaitsComesInNoWavesNotEvenAfterARestart() {
        let report = run(persons: 600, days: 30)
        #expect(report.problems == [])
        // Estates appear in working hours and mostly when they are sought every few hours.
        #expect(report.delay(0.5) < 3 * 3_600_000)
        // Nobody was there for 36 hours.
        #expect(report.delay(0.99) < 36 * 3_600_000)
        #expect(Double(report.searches) < 5.5 * 30 * 600)
        // Two or three entries wait for each person.
        #expect(Double(report.ledgerRecords) < 1.0 * 30 * 600)
    }

    @Test(arguments: WaitingControl.allCases)
    func withoutItThereAreWaves(control: WaitingControl) {
        #expect(run(persons: 600, days: 12, without: control).problems.contains { $0.hasPrefix("a wave") })
    }
}
