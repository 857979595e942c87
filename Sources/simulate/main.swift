import Simulation

var settings = SimulationSettings()
var count: UInt64 = 1000
var first: UInt64 = 1
var arguments = CommandLine.arguments.dropFirst()
var only: UInt64?
while let name = arguments.popFirst() {
    switch name {
    case "--trace": settings.keepsTrace = true
    case "--seeds": count = arguments.popFirst().flatMap(UInt64.init) ?? count
    case "--first": first = arguments.popFirst().flatMap(UInt64.init) ?? first
    case "--seed": only = arguments.popFirst().flatMap(UInt64.init)
    case "--without": settings.without = arguments.popFirst().flatMap(Mechanism.init)
    default: fatalError(name)
    }
}
if let only {
    let run = SimulationRun(seed: only, settings)
    for line in run.trace { print(line) }
    print(run.violation.map { "\($0)" } ?? "well", run.duration, run.coverage.events)
} else {
    var coverage = Coverage()
    var failures = 0
    for seed in first..<(first + count) {
        let run = SimulationRun(seed: seed, settings)
        coverage.add(run.coverage)
        if let violation = run.violation {
            print(seed, violation)
            failures += 1
            if failures == 10 { break }
        }
    }
    print(coverage.events, coverage.faults.map { "\($0.key.rawValue)=\($0.value)" }.sorted())
    print(coverage.outcomes, coverage.deadLetters)
}
