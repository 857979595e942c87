import EventLoop
import Glibc

/// Looks every 10 ms whether it is so, for a generous while; false when it never was.
package func eventually(_ milliseconds: Int64 = 30_000, _ isSo: () throws -> Bool) rethrows -> Bool {
    let end = MonotonicClock.milliseconds() + milliseconds
    while MonotonicClock.milliseconds() < end {
        if try isSo() { return true }
        usleep(10_000)
    }
    return try isSo()
}

/// Runs a body on a thread of its own: what waits must not hold the test library's threads.
package func onThread(_ body: @escaping @Sendable () -> Void) {
    final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
    var thread = pthread_t()
    let failure = pthread_create(
        &thread, nil,
        { opaque in
            if let opaque { Unmanaged<Body>.fromOpaque(opaque).takeRetainedValue().run() }
            return nil
        }, Unmanaged.passRetained(Body(body)).toOpaque())
    precondition(failure == 0, "pthread_create: errno \(failure)")
    pthread_detach(thread)
}
