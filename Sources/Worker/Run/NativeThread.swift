import CLinux
import Glibc

/// A thread of the operating system, for what blocks: Swift's own threads must never wait for a broker.
public enum NativeThread {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts a thread that ends with the body, or with the process.
    public static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let named = Body {
            linux_name_thread(name)
            body()
        }
        let opaque = Unmanaged.passRetained(named).toOpaque()
        let failure = pthread_create(
            &thread, nil,
            { opaque in
                // There is an argument: the one just passed.
                if let opaque { Unmanaged<Body>.fromOpaque(opaque).takeRetainedValue().run() }
                return nil
            }, opaque)
        precondition(failure == 0, "a thread cannot be made: errno \(failure)")
        pthread_detach(thread)
    }
}

extension NativeThread {
    /// Lets the calling thread rest.
    public static func sleep(milliseconds: Int64) {
        var rest = timespec(tv_sec: Int(milliseconds / 1000), tv_nsec: Int(milliseconds % 1000) * 1_000_000)
        while true {
            var time = rest
            if nanosleep(&time, &rest) == 0 || errno != EINTR { return }
        }
    }
}
