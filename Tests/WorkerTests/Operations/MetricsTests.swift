import Engine
import Testing

@testable import Worker

@Suite struct MetricsTests {
    private func lines(_ format: MetricsFormat) -> [String] {
        String(decoding: WorkerSnapshot.sample().metrics(format), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func everyFamilyHasHelpAndTypeAndStandsOnce() {
        for format in [MetricsFormat.prometheus, .openMetrics] {
            let types = lines(format).filter { $0.hasPrefix("# TYPE ") }
            #expect(types.count == Set(types).count)
            #expect(types.count == lines(format).count { $0.hasPrefix("# HELP ") })
            #expect(types.allSatisfy { $0.hasPrefix("# TYPE proklama_") })
        }
    }

    @Test func countersAreNamedAsEachFormatWants() {
        #expect(lines(.prometheus).contains("# TYPE proklama_transactions_total counter"))
        #expect(lines(.openMetrics).contains("# TYPE proklama_transactions counter"))
        for format in [MetricsFormat.prometheus, .openMetrics] {
            #expect(lines(format).contains("proklama_transactions_total{result=\"committed\"} 3"))
        }
        #expect(lines(.openMetrics).last == "# EOF")
        #expect(!lines(.prometheus).contains("# EOF"))
    }

    @Test func bucketsOfHistogramsAddUp() {
        let text = lines(.prometheus).filter { $0.hasPrefix("proklama_transaction_duration_seconds") }
        #expect(text.first == "proklama_transaction_duration_seconds_bucket{le=\"0.005\"} 2")
        #expect(text.contains("proklama_transaction_duration_seconds_bucket{le=\"30.0\"} 2"))
        #expect(text.contains("proklama_transaction_duration_seconds_bucket{le=\"+Inf\"} 3"))
        #expect(text.contains("proklama_transaction_duration_seconds_count 3"))
        #expect(text.contains("proklama_transaction_duration_seconds_sum 31.5"))
    }

    @Test func roundsOfFollowingAreToldByTheirEnd() {
        for result in ["whole", "incomplete", "given-up"] {
            #expect(lines(.prometheus).contains("proklama_follow_rounds_total{result=\"\(result)\"} 0"))
        }
    }

    @Test func labelsAreEscapedAndUnknownLagIsLeftOut() {
        let lag = lines(.prometheus).filter { $0.hasPrefix("proklama_lag_records{") }
        #expect(lag == [#"proklama_lag_records{topic="a\"b\\c",partition="0"} 12"#])
    }

    @Test func everyReasonAndStateHasAValueFromTheStart() {
        let text = lines(.prometheus)
        for reason in FailureReason.allCases {
            #expect(
                text.contains { $0.hasPrefix("proklama_dead_letters_total{") && $0.contains("\"\(reason.rawValue)\"") })
        }
        for state in ["waiting", "dead-lettered", "preliminary"] {
            #expect(text.contains("proklama_deadline_filings{within=\"7d\",state=\"\(state)\"} 0"))
            #expect(text.contains("proklama_deadlines_lapsed_total{state=\"\(state)\"} 0"))
        }
        for phase in PhaseName.allCases { #expect(text.contains("proklama_filings{state=\"\(phase.label)\"} 0")) }
    }

    @Test func theFormatFollowsTheAcceptHeader() {
        #expect(MetricsFormat(accept: nil) == .prometheus)
        #expect(MetricsFormat(accept: "text/plain") == .prometheus)
        #expect(MetricsFormat(accept: "application/openmetrics-text;version=1.0.0,text/plain;q=0.5") == .openMetrics)
    }
}
