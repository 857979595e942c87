import Simulation

#if canImport(Glibc)
import Glibc
#endif

@main
struct Simulate {
    static func main() async {
        guard let options = Options(CommandLine.arguments.dropFirst()) else {
            print(Options.help)
            exit(2)
        }
        if options.showsHelp {
            print(Options.help)
        } else if options.showsWaiting {
            exit(study(options.waiting) ? 0 : 1)
        } else if let seed = options.seed {
            exit(replay(seed, options) ? 0 : 1)
        } else if let without = options.settings.without {
            exit(control(without, options) ? 0 : 1)
        } else {
            exit(await runAll(options) ? 0 : 1)
        }
    }

    private static func replay(_ seed: UInt64, _ options: Options) -> Bool {
        let run = SimulationRun(seed: seed, options.settings)
        for line in run.trace { print(line) }
        print("seed \(seed): \(run.violation.map(\.description) ?? "every promise kept"), \(run.duration) ms")
        return run.violation == nil
    }

    private static func study(_ settings: WaitingSettings) -> Bool {
        var run = WaitingRun(settings)
        let isWatched = isatty(STDERR_FILENO) == 1
        func show(_ text: String) {
            if isWatched { _ = write(STDERR_FILENO, text, text.utf8.count) }
        }
        run.run { day in show("\rday \(day + 1) of \(settings.days)\u{1B}[K") }
        show("\r\u{1B}[K")
        for line in run.report.lines { print(line) }
        for problem in run.report.problems { print("must not be: \(problem)") }
        return run.report.problems.isEmpty == (settings.without == nil)
    }

    /// A negative control succeeds when a promise is broken.
    private static func control(_ without: Mechanism, _ options: Options) -> Bool {
        for seed in options.first..<(options.first + options.seeds) {
            guard let violation = SimulationRun(seed: seed, options.settings).violation else { continue }
            print("without \(without.rawValue), as it must be, seed \(seed) fails \(violation)")
            print("replay: \(options.replay(seed))")
            return true
        }
        print("without \(without.rawValue) no promise was broken in \(options.seeds) seeds: something is not tested")
        return false
    }

    private static func runAll(_ options: Options) async -> Bool {
        let clock = ContinuousClock()
        let start = clock.now
        let (coverage, failed) = await withTaskGroup(of: (Coverage, [UInt64]).self) { group in
            for job in 0..<options.jobs { group.addTask { runSome(job, options) } }
            var all = Coverage()
            var failed: [UInt64] = []
            for await (coverage, seeds) in group {
                all.add(coverage)
                failed += seeds
            }
            return (all, failed.sorted())
        }
        let elapsed = start.duration(to: clock.now)
        for line in coverage.report { print(line) }
        print("\(options.seeds) seeds, \(coverage.events) events, \(elapsed)")
        for seed in failed.prefix(3) { explain(seed, options) }
        if !coverage.forbidden.isEmpty { print("must not happen, and did: \(coverage.forbidden)") }
        // A handful of seeds cannot do everything.
        let missing = options.seeds >= 5_000 ? coverage.missing : []
        if !missing.isEmpty { print("never happened: \(missing)") }
        return failed.isEmpty && coverage.forbidden.isEmpty && missing.isEmpty
    }

    private static func runSome(_ job: Int, _ options: Options) -> (Coverage, [UInt64]) {
        var coverage = Coverage()
        var failed: [UInt64] = []
        for step in stride(from: UInt64(job), to: options.seeds, by: options.jobs) {
            let run = SimulationRun(seed: options.first + step, options.settings)
            coverage.add(run.coverage)
            if run.violation != nil { failed.append(run.seed) }
            if failed.count == 10 { break }
        }
        return (coverage, failed)
    }

    private static func explain(_ seed: UInt64, _ options: Options) {
        var settings = options.settings
        settings.keepsTrace = true
        let run = SimulationRun(seed: seed, settings)
        print("\nseed \(seed) broke a promise, \(run.violation.map(\.description) ?? "but not when it was run again")")
        for line in run.trace.suffix(40) { print(line) }
        print("replay: \(options.replay(seed))")
    }
}
