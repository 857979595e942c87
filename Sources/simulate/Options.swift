import Simulation

/// The command line.
struct Options {
    var settings = SimulationSettings()
    var seeds: UInt64 = 1_000
    var first: UInt64 = 1
    /// Only this one.
    var seed: UInt64?
    var jobs = 1
    var showsHelp = false
    /// Persons who wait for weeks, instead of seeds.
    var showsWaiting = false
    var waiting = WaitingSettings()

    static let help = """
        simulate: runs the engine in a simulated world, one world a seed, and checks every promise.

          --seeds N            how many (1000)
          --first S            from which on (1)
          --seed S             only this one
          --trace              with --seed: what happened, line by line
          --workers N          processes (3)
          --steps N            records produced in a run (50)
          --without MECHANISM  a negative control: runs until a promise is broken
                               \(Mechanism.allCases.map(\.rawValue).joined(separator: ", "))
          --jobs N             at once (1)

          --waiting            instead: very many persons who wait for weeks, with figures
          --persons N          how many (200000)
          --days N             for how long (42)
          --without MECHANISM  a negative control: ends well when waves are found
                               \(WaitingControl.allCases.map(\.rawValue).joined(separator: ", "))

        Exit status: 0 when all went well, 1 when a promise was broken or something was not tested.
        """

    /// Nil when the arguments are wrong.
    init?(_ arguments: some Sequence<String>) {
        var rest = Array(arguments)[...]
        while let name = rest.popFirst() {
            switch name {
            case "--waiting": showsWaiting = true
            case "--trace": settings.keepsTrace = true
            case "--help", "-h": showsHelp = true
            default:
                guard let value = rest.popFirst(), take(name, value) else { return nil }
            }
        }
    }

    private mutating func take(_ name: String, _ value: String) -> Bool {
        if name == "--without" {
            settings.without = Mechanism(rawValue: value)
            waiting.without = WaitingControl(rawValue: value)
            return settings.without != nil || waiting.without != nil
        }
        guard let number = UInt64(value), number > 0 || name == "--seed" || name == "--first" else { return false }
        switch name {
        case "--seeds": seeds = number
        case "--first": first = number
        case "--seed":
            seed = number
            waiting.seed = number
        case "--workers": settings.workers = Int(clamping: min(number, 16))
        case "--steps": settings.steps = Int(clamping: min(number, 10_000))
        case "--persons": waiting.persons = Int(clamping: min(number, 5_000_000))
        case "--days": waiting.days = Int(clamping: min(number, 1_000))
        case "--jobs": jobs = Int(clamping: min(number, 64))
        default: return false
        }
        return true
    }

    /// What replays a seed.
    func replay(_ seed: UInt64) -> String {
        var command = "swift run -c release simulate --seed \(seed) --trace"
        let usual = SimulationSettings()
        if settings.workers != usual.workers { command += " --workers \(settings.workers)" }
        if settings.steps != usual.steps { command += " --steps \(settings.steps)" }
        if let without = settings.without { command += " --without \(without.rawValue)" }
        return command
    }
}
