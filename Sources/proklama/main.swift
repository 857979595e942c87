import Glibc
import Worker

// The worker alone; the command line follows.
let arguments = CommandLine.arguments
var overrides: [String] = []
var index = 1
while index < arguments.count {
    if arguments[index] == "--set", index + 1 < arguments.count { overrides.append(arguments[index + 1]) }
    index += 1
}
StopSignals.block()
do {
    let settings = try WorkerSettings.load(
        file: nil, environment: WorkerSettings.processEnvironment(), overrides: overrides)
    let log = Log(level: settings.logLevel, format: settings.logFormat)
    let worker = try Worker(settings: settings, log: log)
    worker.stopOnSignals()
    exit(worker.run())
} catch {
    print(error)
    exit(78)
}
