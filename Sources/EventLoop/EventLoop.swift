import CLinux
import Glibc

/// One thread's epoll: file descriptors with handlers, and a few timers. It belongs to the thread that turns it; only
/// `Mailbox.post` may be called from others.
///
/// A handler may watch and unwatch descriptors and set timers, its own included. A descriptor that was unwatched while
/// its event waited in the same round is not called.
public final class EventLoop {
    /// What a descriptor waits for, and what has come.
    public struct Interest: OptionSet, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        public static let read = Interest(rawValue: EPOLLIN.rawValue)
        public static let write = Interest(rawValue: EPOLLOUT.rawValue)
        /// Reported whether or not it was asked for: the peer has closed or the descriptor has failed.
        public static let failure = Interest(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
    }

    /// Calls its handler once when its deadline has come, and then has none until it is set again.
    public final class Timer {
        /// On `MonotonicClock`, in nanoseconds; nil when it is not set.
        public var deadline: Int64?
        fileprivate let handler: () -> Void

        fileprivate init(handler: @escaping () -> Void) { self.handler = handler }
    }

    private struct Registration {
        var interest: Interest
        var handler: (Interest) -> Void
    }

    private let epoll: CInt
    private var registrations: [CInt: Registration] = [:]
    private var timers: [Timer] = []
    private var ready = [epoll_event](repeating: epoll_event(), count: 512)

    public init() {
        epoll = epoll_create1(CInt(EPOLL_CLOEXEC))
        precondition(epoll >= 0, "epoll_create1: errno \(errno)")
    }

    deinit { close(epoll) }

    /// A timer, not set yet. Made once for each purpose: each turn looks at all of them.
    public func makeTimer(handler: @escaping () -> Void) -> Timer {
        let timer = Timer(handler: handler)
        timers.append(timer)
        return timer
    }

    /// Forgets a timer, whose maker goes before the loop does.
    public func discard(_ timer: Timer) {
        timer.deadline = nil
        timers.removeAll { $0 === timer }
    }

    /// Calls the handler whenever the descriptor is ready for what it waits for; a second call replaces both.
    public func watch(_ descriptor: CInt, for interest: Interest, handler: @escaping (Interest) -> Void) {
        let known = registrations[descriptor]
        registrations[descriptor] = Registration(interest: interest, handler: handler)
        if known?.interest == interest { return }
        var event = epoll_event()
        event.events = interest.rawValue
        event.data.fd = descriptor
        var done = epoll_ctl(epoll, known == nil ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, descriptor, &event)
        // A library may close a descriptor without a word: the kernel forgets it then, and its number comes back as
        // another descriptor that was never added.
        if done != 0, errno == ENOENT { done = epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) }
        precondition(done == 0, "epoll_ctl: errno \(errno)")
    }

    /// Forgets a descriptor. To be called before it is closed.
    public func unwatch(_ descriptor: CInt) {
        guard registrations.removeValue(forKey: descriptor) != nil else { return }
        // It fails when the descriptor has been closed already, and then there is nothing left to remove.
        _ = epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nil)
    }

    /// Waits for events until the next timer is due, and calls the handlers of all that is ready, then of all that is due.
    public func turn() {
        var wait = -1 as CInt
        if let first = timers.lazy.compactMap(\.deadline).min() {
            // Rounded up: rounded down, the last fraction of a millisecond would be spent spinning.
            wait = CInt(clamping: max(0, (first - MonotonicClock.nanoseconds() + 999_999) / 1_000_000))
        }
        let count = epoll_wait(epoll, &ready, CInt(ready.count), wait)
        for index in 0..<max(0, Int(count)) {
            let event = ready[index]
            registrations[event.data.fd]?.handler(Interest(rawValue: event.events))
        }
        let now = MonotonicClock.nanoseconds()
        for timer in timers {
            guard let deadline = timer.deadline, deadline <= now else { continue }
            timer.deadline = nil
            timer.handler()
        }
    }
}
