/// How many calls at once the portal bears: additive increase, multiplicative decrease (Chiu and Jain, 1989), on latency
/// and on signs of overload, as in Netflix' concurrency-limits. Never above the setting, and never below one.
///
/// A portal that slows down under our calls is given fewer; the wait moves from its queue into ours, where nothing is
/// sent yet and no lease's time is lost to it.
struct ConcurrencyLimit {
    /// What a call's latency may exceed the usual by before it counts as a sign of overload: this factor, and on top of
    /// that these milliseconds, or a quick portal's jitter would look like trouble.
    private static let tolerance = (factor: 2.0, margin: 100.0)

    private static let decrease = 0.9
    /// A slow call now and then, or a 503, is everyday life. It is a sign of overload when more than this share of about
    /// the last so many calls were like that.
    private static let tolerable = 0.1
    private static let memory = 20.0

    private let most: Double
    private var limit: Double
    /// Whether it grows by one with each call that goes well, as after an outage, and not by one with each round of them.
    private var isRampingUp = false
    /// The usual latency of each sort of call: the lowest seen, which creeps up, so that a portal that is slower for good
    /// is found to be so.
    private var usual: [CallPurpose: Double] = [:]
    /// The share of slow and refused calls, lately.
    private var strain = 0.0
    /// Calls that started before are answers to what was decided before.
    private var decidedAt: Int64 = .min

    init(_ settings: EngineSettings) {
        most = Double(max(settings.maximumInFlight, 1))
        limit = most
    }

    /// Calls at once.
    var calls: Int { Int(limit) }

    /// The portal is back: begins with one call, and doubles with each round of them that goes well.
    ///
    /// - Parameter now: when the first of these calls may start.
    mutating func restart(at now: Int64) {
        limit = 1
        isRampingUp = true
        decidedAt = now
    }

    /// A call has ended.
    ///
    /// - Returns: whether the limit was lowered.
    mutating func callEnded(
        _ purpose: CallPurpose, _ load: CallLoad, startedAt: Int64, underWay: Int, at now: Int64
    ) -> Bool {
        let isStrained: Bool
        switch load {
        case .unknown: return false
        case .overloaded: isStrained = true
        // How long an upload takes depends on its size.
        case .answered where purpose == .attach: return false
        case .answered: isStrained = isSlow(purpose, latency: Double(now - startedAt))
        }
        strain += ((isStrained ? 1 : 0) - strain) / ConcurrencyLimit.memory
        if isStrained { return strain > ConcurrencyLimit.tolerable && lower(startedAt: startedAt, at: now) }
        // Only a limit that is used can be known to be too low.
        if Double(underWay + 1) * 2 >= limit { raise() }
        return false
    }

    /// Whether the call took longer than is usual for its sort.
    private mutating func isSlow(_ purpose: CallPurpose, latency: Double) -> Bool {
        let usual = self.usual[purpose] ?? latency
        self.usual[purpose] = latency < usual ? latency : usual + (latency - usual) / 256
        return latency > usual * ConcurrencyLimit.tolerance.factor + ConcurrencyLimit.tolerance.margin
    }

    private mutating func raise() {
        limit = min(most, limit + (isRampingUp ? 1 : 1 / limit))
        if limit >= most { isRampingUp = false }
    }

    /// Once for all calls that were under way together.
    private mutating func lower(startedAt: Int64, at now: Int64) -> Bool {
        guard startedAt >= decidedAt else { return false }
        isRampingUp = false
        guard limit > 1 else { return false }
        limit = max(1, limit * ConcurrencyLimit.decrease)
        decidedAt = now
        return true
    }
}
