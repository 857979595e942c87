import Engine
import Portal

extension WorkerSnapshot {
    func writePortal(_ text: inout MetricsText) {
        text.counters("proklama_portal_calls", "Calls to the portal that have ended.") { samples in
            for operation in PortalStatistics.Operation.allCases {
                for outcome in PortalStatistics.Outcome.allCases {
                    samples.add(
                        ["operation": operation.rawValue, "outcome": outcome.rawValue],
                        Int(portal[operation][outcome]))
                }
            }
        }
        text.histograms("proklama_portal_call_duration_seconds", "How long calls took that were sent.") { samples in
            for operation in PortalStatistics.Operation.allCases {
                samples.add(
                    ["operation": operation.rawValue], bounds: PortalStatistics.latencyBounds,
                    buckets: portal[operation].byLatency.map(Int.init), sum: portal[operation].latencySum)
            }
        }
        text.gauges("proklama_portal_calls_in_flight", "Calls that have not ended.") { $0.add(portalCallsInFlight) }
        text.counters("proklama_portal_answers_lost", "Changing calls whose answer was lost, and that were looked up.")
        {
            $0.add(engineStatistics.answersLost)
        }
        text.counters("proklama_portal_duplicates", "Look-ups that found more than one filing under one reference.") {
            $0.add(engineStatistics.duplicatesSeen)
        }
        text.counters("proklama_portal_uploaded_bytes", "Bytes of attachments that the portal has taken.") {
            $0.add(Int(portal.uploadedBytes))
        }
        text.counters("proklama_portal_token_requests", "Token requests.") { $0.add(Int(portal.tokenRequests)) }
        text.counters("proklama_portal_token_failures", "Token requests that failed.") {
            $0.add(Int(portal.tokenFailures))
        }
        text.counters("proklama_portal_connections_opened", "Connections to the portal that were opened.") {
            $0.add(Int(portal.connectionsOpened))
        }
    }

    func writeTransactions(_ text: inout MetricsText) {
        text.counters("proklama_transactions", "Transactions by how they ended.") { samples in
            samples.add(["result": "committed"], transactions.committed)
            samples.add(["result": "aborted"], transactions.aborted)
            samples.add(["result": "unknown"], transactions.unknown)
        }
        text.histograms("proklama_transaction_duration_seconds", "From the first write to the end.") {
            $0.add(
                bounds: Transactions.durationBounds, buckets: transactions.durations, sum: transactions.durationSum)
        }
        text.counters("proklama_transaction_records", "Records written by committed transactions.") {
            $0.add(transactions.records)
        }
        text.counters("proklama_producers_recreated", "Producers made anew after a fatal error.") {
            $0.add(transactions.producersRecreated)
        }
    }
}
