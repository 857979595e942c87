/// How the last calls went: what tells a portal that is down from a call that failed.
struct CallWindow {
    private static let size = 40
    /// Fewer failures than that are no rate.
    private static let least = 10
    private var results: [(at: Int64, failed: Bool)] = []
    private var oldest = 0

    mutating func add(failed: Bool, at now: Int64) {
        if results.count < CallWindow.size {
            results.append((now, failed))
        } else {
            results[oldest] = (now, failed)
            oldest = (oldest + 1) % CallWindow.size
        }
    }

    /// Whether half of them failed.
    func isSick(_ settings: EngineSettings, at now: Int64) -> Bool {
        let recent = results.filter { $0.at > now - settings.gateWindow }
        let failed = recent.count { $0.failed }
        return failed >= CallWindow.least && failed * 2 >= recent.count
    }
}
