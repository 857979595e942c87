import Estates
import EventLoop
import Portal

/// The checks that concern the portal, in the order in which a person would put things right.
struct PortalChecks {
    /// 1 January 1901 with 60 added to the day, and a serial that the simulator has no estate for.
    static let nobody = "610101-0000"

    let settings: PortalSettings
    /// Whom to search for in production, where a substitute number is refused.
    let searchCPR: CPRNumber?

    func results() -> [CheckResult] {
        let loop = EventLoop()
        let diagnosis = PortalDiagnosis(settings: settings, loop: loop)
        var findings: [PortalFinding]?
        diagnosis.run(search: search) { findings = $0 }
        // Each call ends by itself, by its own time-out.
        while findings == nil { loop.turn() }
        return (findings ?? []).map(result)
    }

    private var search: PortalCall? {
        let cpr = searchCPR ?? (settings.environment == .production ? nil : CPRNumber(PortalChecks.nobody))
        return cpr.map { .search(.cpr($0)) }
    }

    private func result(_ finding: PortalFinding) -> CheckResult {
        if finding.check == .search, finding.outcome == .skipped, search == nil {
            return CheckResult(
                finding.check.rawValue, .skipped, "in production a substitute CPR number may not be searched for",
                remedy: "give the number of a person whose estate you may see: --search-cpr DDMMYYNNNN")
        }
        return CheckResult(
            finding.check.rawValue, verdict(finding.outcome), finding.found, expected: finding.expected,
            remedy: finding.remedy)
    }

    private func verdict(_ outcome: PortalFinding.Outcome) -> CheckResult.Verdict {
        switch outcome {
        case .passed: .ok
        case .warning: .warning
        case .failed: .failed
        case .skipped: .skipped
        }
    }
}
