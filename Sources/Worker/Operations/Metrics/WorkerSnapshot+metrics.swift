import Engine
import Kafka
import Portal

extension WorkerSnapshot {
    /// Every outcome that is counted, so that each has a value from the start.
    private static let outcomes =
        ClaimReply.Outcome.allCases.map(\.rawValue) + ["estate-found", "notification-withdrawn", "dead-letter"]

    /// The body of `/metrics`.
    func metrics(_ format: MetricsFormat) -> [UInt8] {
        var text = MetricsText(format)
        text.info(
            "proklama_build", "The programs' versions.",
            ["version": ProductVersion.text, "librdkafka": KafkaLibrary.version])
        text.info("proklama_mode", "Whether it files, or only says what it would file.", ["mode": mode.rawValue])
        text.gauges("proklama_uptime_seconds", "Since the worker was started.") {
            $0.add(seconds: Double(uptime) / 1000)
        }
        text.gauges(
            "proklama_ready",
            "Whether it is a member of its group, all its partitions are restored, and the gate is open."
        ) {
            $0.add(isReady ? 1 : 0)
        }
        writePartitions(&text)
        writeRequests(&text)
        writeFilings(&text)
        writeDeadlines(&text)
        writePortal(&text)
        writeCertificate(&text)
        writeGate(&text)
        writeFollowing(&text)
        writeTransactions(&text)
        return text.finished()
    }

    private func writePartitions(_ text: inout MetricsText) {
        text.gauges("proklama_partitions_owned", "Partitions that this worker has been given.") {
            $0.add(engine.partitions.count)
        }
        text.gauges("proklama_partitions_restoring", "Those of them whose ledger is being read.") {
            $0.add(partitionsRestoring)
        }
        text.gauges("proklama_lag_records", "Records of an input that were not taken in yet.") { samples in
            for entry in lag {
                guard let records = entry.records else { continue }
                samples.add(["topic": entry.topic, "partition": String(entry.partition)], Int(records))
            }
        }
    }

    private func writeCertificate(_ text: inout MetricsText) {
        guard let certificate, let seconds = certificate.secondsToExpiry else { return }
        text.gauges("proklama_certificate_expiry_seconds", "Until the client certificate expires.") {
            $0.add(seconds: Double(seconds))
        }
        text.counters("proklama_certificate_reloads", "Replacements of the certificate's files, by result.") {
            $0.add(["result": "taken"], Int(certificate.reloads))
            $0.add(["result": "refused"], Int(certificate.failedReloads))
        }
    }

    private func writeRequests(_ text: inout MetricsText) {
        text.counters("proklama_records_accepted", "Input records that were taken in.") {
            $0.add(engineStatistics.acceptedRecords)
        }
        text.counters("proklama_requests", "Requests and notifications by their terminal result.") { samples in
            for outcome in WorkerSnapshot.outcomes {
                samples.add(["outcome": outcome], engineStatistics.outcomes[outcome] ?? 0)
            }
        }
        text.counters("proklama_dead_letters", "Dead letters by category and reason.") { samples in
            for reason in FailureReason.allCases {
                samples.add(
                    ["category": reason.category.rawValue, "reason": reason.rawValue],
                    engineStatistics.deadLetters[reason] ?? 0)
            }
        }
    }

    private func writeFilings(_ text: inout MetricsText) {
        text.gauges("proklama_filings", "Filings that this worker knows, by state.") { samples in
            for phase in PhaseName.allCases { samples.add(["state": phase.label], engine.filings[phase] ?? 0) }
        }
        text.gauges("proklama_notifications_pending", "Death notifications that have no answer yet.") {
            $0.add(engine.notifications)
        }
        text.gauges("proklama_persons_sought", "Persons whose estate is sought or waited for.") {
            $0.add(engine.persons)
        }
    }
}
