import Engine

extension WorkerSnapshot {
    /// The gate before the portal, and what paces the calls through it.
    func writeGate(_ text: inout MetricsText) {
        text.gauges("proklama_gate_closed", "Whether no call is made but probes, by why.") { samples in
            let closed = engine.gate.state == .closed ? engine.gate.cause?.reason : nil
            for reason in WorkerSnapshot.gateReasons {
                samples.add(
                    ["category": reason.category.rawValue, "reason": reason.rawValue], reason == closed ? 1 : 0)
            }
        }
        text.counters("proklama_gate_closings", "How often the gate closed, by why.") { samples in
            for reason in WorkerSnapshot.gateReasons {
                samples.add(
                    ["category": reason.category.rawValue, "reason": reason.rawValue],
                    engineStatistics.gateClosings[reason] ?? 0)
            }
        }
        count(.gateOpened, "proklama_gate_openings", "How often a probe opened the gate.", &text)
        count(.probe, "proklama_gate_probes", "Calls made while the gate was closed.", &text)
        count(.probeFailed, "proklama_gate_probes_failed", "Those of them that failed.", &text)
        count(.retryDeferred, "proklama_retries_deferred", "Times that retries waited for their budget.", &text)
        count(.callsPaused, "proklama_calls_paused", "Times that calls waited for the Retry-After of a 429.", &text)
        count(.callPaced, "proklama_calls_paced", "Times that calls waited for the rate limit.", &text)
        count(
            .concurrencyLowered, "proklama_concurrency_lowered", "Times that the portal was given fewer calls at once.",
            &text)
        count(.filingForgotten, "proklama_filings_forgotten", "Settled filings older than ledger.retention.", &text)
        count(.personErased, "proklama_persons_erased", "Persons taken out of the ledger by proklama erase.", &text)
        count(.erasureRefused, "proklama_erasures_refused", "Erasures refused: something was not finished.", &text)
        text.gauges("proklama_portal_concurrency_limit", "Calls at once that the portal is given.") {
            $0.add(engine.concurrencyLimit)
        }
        text.gauges("proklama_portal_calls_waiting", "Calls that wait for the gate, a limit or the retry budget.") {
            $0.add(engine.callsWaiting)
        }
    }

    private static let gateReasons = FailureReason.allCases.filter { reason in
        switch reason.category {
        case .certificate, .environment: true
        case .validation: false
        }
    }

    private func count(_ event: EngineEvent, _ name: String, _ help: String, _ text: inout MetricsText) {
        text.counters(name, help) { $0.add(engineStatistics.events[event] ?? 0) }
    }
}
