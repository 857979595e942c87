import Engine

extension WorkerSnapshot {
    /// Filings that can lose their right, and those that may have.
    func writeDeadlines(_ text: inout MetricsText) {
        text.gauges(
            "proklama_deadline_filings",
            "Claims with at most so many days left, by the nearest of the marks; up to ten minutes old."
        ) { samples in
            for state in DeadlineState.allCases {
                for warning in DeadlineWarning.allCases where warning != .lapsed {
                    samples.add(
                        ["within": warning.label, "state": state.rawValue],
                        engine.nearDeadlines[DeadlineNews(state, warning)] ?? 0)
                }
            }
        }
        text.counters("proklama_deadline_warnings", "Warnings that a claim has at most so many days left.") { samples in
            for state in DeadlineState.allCases {
                for warning in DeadlineWarning.allCases where warning != .lapsed {
                    samples.add(
                        ["within": warning.label, "state": state.rawValue],
                        engineStatistics.deadlineWarnings[DeadlineNews(state, warning)] ?? 0)
                }
            }
        }
        text.counters("proklama_deadlines_lapsed", "Claims whose deadline was over before they were filed.") {
            samples in
            for state in DeadlineState.allCases {
                samples.add(
                    ["state": state.rawValue],
                    engineStatistics.deadlineWarnings[DeadlineNews(state, .lapsed)] ?? 0)
            }
        }
    }
}
