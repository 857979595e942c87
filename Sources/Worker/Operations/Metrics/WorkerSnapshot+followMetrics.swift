import Engine
import Estates

extension WorkerSnapshot {
    /// Following the estates in which filings stand.
    func writeFollowing(_ text: inout MetricsText) {
        text.gauges("proklama_follow_estates", "Estates that are followed.") { $0.add(engine.followedEstates) }
        text.gauges(
            "proklama_follow_checkpoint_timestamp_seconds",
            "Up to when all changes have been published, by the portal's clock, since 1970; the oldest of all partitions."
        ) { samples in
            if let since = engine.followedSince { samples.add(seconds: Double(since.milliseconds) / 1000) }
        }
        text.counters("proklama_follow_updates", "News of estates that were published, by what it is.") { samples in
            for change in EstateUpdate.Change.allCases {
                samples.add(["change": change.rawValue], engineStatistics.updates[change] ?? 0)
            }
        }
        text.counters("proklama_follow_rounds", "Times that all estates of a partition were asked about, by result.") {
            $0.add(["result": "whole"], engineStatistics.events[.followRound] ?? 0)
            $0.add(["result": "incomplete"], engineStatistics.events[.followRoundBroken] ?? 0)
            $0.add(["result": "given-up"], engineStatistics.events[.followRoundGivenUp] ?? 0)
        }
    }
}
