import CMicroHTTPD
import Glibc

/// Keeps connections suspended for a while: a wheel of one slot a millisecond, and a thread that turns it.
///
/// @unchecked Sendable: every stored property but `mutex` and `changed` is touched only while `mutex` is held, and these
/// two are pointers to memory of their own that never move and live as long as the object.
final class DelayLine: @unchecked Sendable {
    private struct Entry {
        let connection: OpaquePointer
        let due: Int64
    }

    private static let slots = 4096
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var wheel = [[Entry]](repeating: [], count: slots)
    private var waiting = 0
    private var cursor = Clock.monotonicMilliseconds()
    private var isFinished = false
    private var thread: pthread_t?

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Starts the thread; it ends with `finish()`.
    func start() {
        // The thread holds the object until its end, which `finish` waits for.
        let context = Unmanaged.passRetained(self).toOpaque()
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { context in
                // `start` passed the object, never nil.
                Unmanaged<DelayLine>.fromOpaque(context!).takeRetainedValue().turn()
                return nil
            }, context)
        precondition(result == 0, "no thread")
        self.thread = thread
    }

    /// Suspends the connection and resumes it when the time has passed. False when the line is finished.
    ///
    /// Suspending happens under the lock, lest the connection be resumed before it is suspended.
    func hold(_ connection: OpaquePointer, milliseconds: Int64) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        guard !isFinished else { return false }
        let now = Clock.monotonicMilliseconds()
        if waiting == 0 {
            cursor = now
            pthread_cond_signal(changed)
        }
        MHD_suspend_connection(connection)
        let due = max(now + milliseconds, cursor + 1)
        wheel[Int(due) % Self.slots].append(Entry(connection: connection, due: due))
        waiting += 1
        return true
    }

    /// Resumes whatever waits and ends the thread.
    func finish() {
        pthread_mutex_lock(mutex)
        let isFirst = !isFinished
        isFinished = true
        pthread_cond_signal(changed)
        pthread_mutex_unlock(mutex)
        if isFirst, let thread { pthread_join(thread, nil) }
    }

    private func turn() {
        pthread_mutex_lock(mutex)
        while !isFinished {
            if waiting == 0 {
                pthread_cond_wait(changed, mutex)
                continue
            }
            pthread_mutex_unlock(mutex)
            var rest = timespec(tv_sec: 0, tv_nsec: 1_000_000)
            nanosleep(&rest, nil)
            pthread_mutex_lock(mutex)
            let now = Clock.monotonicMilliseconds()
            while cursor < now, waiting > 0 {
                cursor += 1
                resume(slot: Int(cursor) % Self.slots, until: cursor)
            }
        }
        for slot in wheel.indices { resume(slot: slot, until: .max) }
        pthread_mutex_unlock(mutex)
    }

    private func resume(slot: Int, until now: Int64) {
        if wheel[slot].isEmpty { return }
        var kept = 0
        for index in wheel[slot].indices {
            let entry = wheel[slot][index]
            if entry.due <= now {
                MHD_resume_connection(entry.connection)
            } else {
                wheel[slot][kept] = entry
                kept += 1
            }
        }
        waiting -= wheel[slot].count - kept
        wheel[slot].removeLast(wheel[slot].count - kept)
    }
}
