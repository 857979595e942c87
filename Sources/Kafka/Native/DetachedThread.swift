import Glibc

/// A thread that nobody waits for.
enum DetachedThread {
    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Runs it on a thread of its own; here and now, when there can be none.
    static func run(_ body: @escaping @Sendable () -> Void) {
        let work = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let failed = pthread_create(
            &thread, nil,
            { argument in
                // Never null: it is what pthread_create was given, below.
                Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().body()
                return nil
            }, work.toOpaque())
        if failed == 0 { pthread_detach(thread) } else { work.takeRetainedValue().body() }
    }
}
