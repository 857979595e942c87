import Glibc

/// The command line of `portal-simulator`.
public enum SimulatorCommand {
    /// The program's version.
    public static let version = "0.1.0"

    /// What the arguments ask for.
    public enum Request: Sendable {
        case help, version
        case serve(PortalSimulator.Options)
    }

    /// Runs until SIGTERM or SIGINT, and returns the exit status: 0, 64 for a wrong option, 66 for a file that cannot be
    /// read, 69 for an address that cannot be had.
    public static func run(_ arguments: [String]) -> Int32 {
        do throws(SimulatorError) {
            switch try SimulatorArguments.parse(arguments) {
            case .help: print(SimulatorArguments.help)
            case .version: print("portal-simulator \(version)")
            case .serve(let options): try serve(options)
            }
            return 0
        } catch {
            complain("portal-simulator: \(error)")
            switch error {
            case .usage, .unknownFault:
                complain("Try portal-simulator --help.")
                return 64
            case .invalidEstate: return 65
            case .cannotRead: return 66
            case .cannotListen, .cannotServe: return 69
            }
        }
    }

    private static func serve(_ options: PortalSimulator.Options) throws(SimulatorError) {
        // Blocked before any thread starts, so that every thread inherits it and the signal waits for sigwait.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        signal(SIGPIPE, SIG_IGN)
        raiseDescriptorLimit()

        let simulator = try PortalSimulator(options: options)
        print("portal-simulator listening on \(simulator.url)")
        // Whoever waits for this line may read it through a pipe.
        fflush(nil)
        var received: Int32 = 0
        sigwait(&signals, &received)
        simulator.stop()
    }

    private static func complain(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }

    /// Every connection takes a descriptor, and the usual limit is 1024.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(resource, &limit)
    }
}
