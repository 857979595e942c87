import Estates

/// Estates that were found a moment ago, so that requests which come one after the other share a search as those do that
/// come together. What is remembered is used once for a filing: whatever goes wrong with it, the next search is a real one.
struct RecentEstates {
    /// Of each of the two generations.
    private static let most = 1_024

    private let memory: Int64
    private var young: [Deceased: Found] = [:]
    private var old: [Deceased: Found] = [:]
    private var turnsAt: Int64 = .min

    private struct Found {
        let estate: Estate
        let at: Int64
    }

    init(_ settings: EngineSettings) { memory = settings.searchMemory }

    /// - Parameter now: on the monotonic clock.
    mutating func remember(_ estate: Estate, of deceased: Deceased, at now: Int64) {
        if now >= turnsAt || young.count >= RecentEstates.most {
            old = now >= turnsAt + memory ? [:] : young
            young = [:]
            turnsAt = now + memory
        }
        young[deceased] = Found(estate: estate, at: now)
    }

    mutating func forgetAll() {
        young = [:]
        old = [:]
    }

    func estate(of deceased: Deceased, at now: Int64) -> Estate? {
        guard let found = young[deceased] ?? old[deceased], now - found.at < memory else { return nil }
        return found.estate
    }
}
