import CLinux
import EventLoop
import Glibc

/// SIGTERM and SIGINT as events of a loop rather than interruptions of whatever runs.
public enum StopSignals {
    fileprivate static var set: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        return set
    }

    /// Keeps the signals from ending the process. To be called by `main` before any thread is started, since threads
    /// inherit it. SIGPIPE is ignored too: a peer that has gone is told by the write's own error.
    public static func block() {
        var set = set
        pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    /// Calls the handler for each signal that comes.
    static func watch(_ loop: EventLoop, _ handler: @escaping () -> Void) {
        var set = set
        let descriptor = signalfd(-1, &set, CInt(SFD_CLOEXEC | SFD_NONBLOCK))
        precondition(descriptor >= 0, "signalfd: errno \(errno)")
        loop.watch(descriptor, for: .read) { _ in
            var info = signalfd_siginfo()
            while read(descriptor, &info, MemoryLayout<signalfd_siginfo>.size) > 0 { handler() }
        }
    }
}

extension StopSignals {
    /// Lets the signals end the process again, in the calling thread.
    static func unblock() {
        var set = set
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    /// Whether one has come while they were blocked; it is forgotten then.
    static func takePending() -> Bool {
        var set = set
        var now = timespec(tv_sec: 0, tv_nsec: 0)
        return sigtimedwait(&set, nil, &now) > 0
    }
}
