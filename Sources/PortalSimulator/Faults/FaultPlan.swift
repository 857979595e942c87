/// The rate of every fault for every call, and the dice.
///
/// Each fault of each call has dice of its own, so that the n-th submission meets the same fate whatever the other calls
/// do in between.
struct FaultPlan: Sendable {
    /// The rates and parameters as they were set, by name.
    private(set) var settings: [String: Double] = [:]
    /// How long `slow` and `slow-processing` wait.
    private(set) var slowSeconds = 5.0
    /// What `Retry-After` says.
    private(set) var retryAfterSeconds = 1.0
    private let seed: UInt64
    private var entries: [Call: [Entry]] = [:]

    fileprivate struct Entry: Sendable {
        let fault: Fault
        let rate: Double
        var dice: RandomSequence
    }

    init(seed: UInt64) { self.seed = seed }

    /// Replaces all settings: `answer-lost`, or `submit.answer-lost` for one call alone, to a rate from 0 to 1, and the
    /// parameters `slow-seconds` and `retry-after-seconds`.
    mutating func set(_ settings: [String: Double]) throws(SimulatorError) {
        var rates: [Call: [Fault: Double]] = [:]
        // Short names first, so that a rate for one call overrides the one for all.
        let ordered = settings.sorted {
            ($0.key.contains(".") ? 1 : 0, $0.key) < ($1.key.contains(".") ? 1 : 0, $1.key)
        }
        for (name, value) in ordered {
            if name == "slow-seconds" || name == "retry-after-seconds" {
                guard value >= 0, value <= 86_400 else { throw .usage("\(name) must be from 0 to 86400") }
                continue
            }
            guard (0...1).contains(value) else { throw .usage("the rate of \(name) must be from 0 to 1") }
            let (calls, fault) = try Self.parse(name)
            for call in calls { rates[call, default: [:]][fault] = value }
        }
        slowSeconds = settings["slow-seconds"] ?? 5
        retryAfterSeconds = settings["retry-after-seconds"] ?? 1
        self.settings = settings
        entries = [:]
        for (call, faults) in rates { entries[call] = plan(call, faults) }
    }

    /// The fault that this call meets, if any.
    mutating func draw(_ call: Call) -> Fault? {
        guard let count = entries[call]?.count else { return nil }
        var drawn: Fault?
        // All dice are thrown each time: a rate changed on one fault must not shift the others.
        for index in 0..<count where entries[call]?[index].fault != .cutUpload {
            let hit = entries[call]?[index].throwDice() ?? false
            if hit, drawn == nil { drawn = entries[call]?[index].fault }
        }
        return drawn
    }

    /// Whether this upload is to be cut off. It is drawn when its first bytes have come, long before the other faults.
    mutating func drawCut() -> Bool {
        guard let index = entries[.attach]?.firstIndex(where: { $0.fault == .cutUpload }) else { return false }
        return entries[.attach]?[index].throwDice() ?? false
    }

    private func plan(_ call: Call, _ rates: [Fault: Double]) -> [Entry] {
        Fault.allCases.compactMap { fault in
            guard let rate = rates[fault], rate > 0 else { return nil }
            let stream = SHA256Digest(of: "\(call.rawValue).\(fault.rawValue)".utf8).high.first
            return Entry(fault: fault, rate: rate, dice: RandomSequence(seed: seed ^ stream))
        }
    }

    private static func parse(_ name: String) throws(SimulatorError) -> ([Call], Fault) {
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        guard let last = parts.last, let fault = Fault(rawValue: last) else { throw .unknownFault(name) }
        if parts.count == 2 {
            guard let call = Call(rawValue: parts[0]), Call.faulty.contains(call) else { throw .unknownFault(name) }
            return ([call], fault)
        }
        switch fault {
        case .refuse: return (Call.faulty, fault)
        case .tokenRefused: return ([.token], fault)
        case .cutUpload, .tooLarge, .invalidFile: return ([.attach], fault)
        default: return (Call.faulty.filter { $0 != .token }, fault)
        }
    }
}

extension FaultPlan.Entry {
    mutating func throwDice() -> Bool { dice.unit() < rate }
}
