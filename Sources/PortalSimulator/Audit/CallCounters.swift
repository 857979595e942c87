import JSON

/// How often each call was made and how it ended.
struct CallCounters: Sendable {
    private var calls: [Ending: Int] = [:]
    private(set) var injected: [Fault: Int] = [:]
    private(set) var searches = 0
    private(set) var searchesPerSecondPeak = 0
    private var searchSecond: Int64 = 0
    private var searchesThisSecond = 0

    private struct Ending: Hashable {
        let call: Call
        /// The HTTP status, or 0 for a connection closed without an answer.
        let status: Int
    }

    mutating func count(_ call: Call, status: Int) { calls[Ending(call: call, status: status), default: 0] += 1 }

    mutating func count(_ fault: Fault) { injected[fault, default: 0] += 1 }

    mutating func countSearch(now: Int64) {
        searches += 1
        if now / 1000 != searchSecond {
            searchSecond = now / 1000
            searchesThisSecond = 0
        }
        searchesThisSecond += 1
        searchesPerSecondPeak = max(searchesPerSecondPeak, searchesThisSecond)
    }

    /// Calls by name and status; status "closed" is a connection closed without an answer.
    var byCall: [String: [String: Int]] {
        var table: [String: [String: Int]] = [:]
        for (ending, count) in calls {
            table[ending.call.rawValue, default: [:]][ending.status == 0 ? "closed" : "\(ending.status)"] = count
        }
        return table
    }
}
