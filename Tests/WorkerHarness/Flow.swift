import EventLoop
import Synchronization

/// Requests that keep coming, to all partitions, and a look at how long a partition goes without an answer.
package final class Flow: Sendable {
    private struct State {
        var sent: Set<Place> = []
        var answered = 0
        var last: [Int32: (count: Int, at: Int64)] = [:]
        var longestGap: Int64 = 0
    }

    private let state = Mutex(State())
    private let isOver = Atomic(false)
    private let threads = Atomic(2)

    package init(_ installation: Installation) {
        onThread { [self] in
            var number = 0
            while !isOver.load(ordering: .relaxed) {
                let records = (0..<Int(installation.partitions)).map { TestRecord.claim(number + $0) }
                number += records.count
                if let places = try? installation.send(records) { state.withLock { $0.sent.formUnion(places) } }
                _ = eventually(40) { false }
            }
            threads.subtract(1, ordering: .releasing)
        }
        onThread { [self] in
            if let answers = try? installation.answers() {
                while !isOver.load(ordering: .relaxed) { note(answers.all()) }
            }
            threads.subtract(1, ordering: .releasing)
        }
    }

    /// Requests that have been answered.
    package var answered: Int { state.withLock { $0.answered } }

    /// The longest time for which a partition gave no answer, in milliseconds.
    package var longestGap: Int64 { state.withLock { $0.longestGap } }

    /// Ends it; returns all that was sent.
    package func end() -> Set<Place> {
        isOver.store(true, ordering: .relaxed)
        _ = eventually { threads.load(ordering: .acquiring) == 0 }
        return state.withLock { $0.sent }
    }

    private func note(_ found: [Place: [String]]) {
        let now = MonotonicClock.milliseconds()
        var counts: [Int32: Int] = [:]
        for place in found.keys { counts[place.partition, default: 0] += 1 }
        state.withLock { state in
            state.answered = found.count
            for (partition, count) in counts {
                if let last = state.last[partition] { state.longestGap = max(state.longestGap, now - last.at) }
                if state.last[partition]?.count != count { state.last[partition] = (count, now) }
            }
        }
    }
}
