import Engine
import Glibc
import Synchronization
import Worker

/// A worker on a thread of its own, in this process.
package final class RunningWorker: Sendable {
    private struct State {
        var stop: (@Sendable () -> Void)?
        var inspect: (@Sendable (@escaping @Sendable (WorkerSnapshot) -> Void) -> Void)?
        var status: Int32?
        var failure: String?
    }

    private let state = Mutex(State())
    private let held = Held()

    /// Touched on the loop's thread only, where the worker lives.
    private final class Held: @unchecked Sendable {
        weak var worker: Worker?
    }

    package init(_ settings: WorkerSettings, prepare: @escaping @Sendable (Worker) -> Void = { _ in }) {
        onThread { [self] in
            do {
                let worker = try Worker(settings: settings, log: Log(level: .level, format: .text))
                prepare(worker)
                held.worker = worker
                state.withLock {
                    $0.stop = worker.stopper
                    $0.inspect = worker.inspector
                }
                let status = worker.run()
                state.withLock {
                    $0.failure = worker.failure
                    $0.status = status
                }
            } catch {
                state.withLock {
                    $0.failure = "\(error)"
                    $0.status = 78
                }
            }
        }
    }

    /// The exit status, once it has ended.
    package var status: Int32? { state.withLock { $0.status } }
    /// Why it gave up, once it has ended.
    package var failure: String? { state.withLock { $0.failure } }

    package func stop() {
        _ = eventually { state.withLock { $0.stop != nil || $0.status != nil } }
        state.withLock { $0.stop }?()
    }

    /// Stops it and waits for its end; the exit status, or nil when it did not end.
    package func stopped(within milliseconds: Int64 = 45_000) -> Int32? {
        stop()
        _ = eventually(milliseconds) { status != nil }
        return status
    }

    /// Where it stands; nil when it has not begun, has ended or does not answer.
    package func snapshot() -> WorkerSnapshot? {
        guard let inspect = state.withLock({ $0.inspect }) else { return nil }
        let answer = Answer()
        inspect { snapshot in answer.snapshot.withLock { $0 = snapshot } }
        _ = eventually(20_000) { answer.snapshot.withLock { $0 != nil } || status != nil }
        return answer.snapshot.withLock { $0 }
    }

    /// The partitions that it works on.
    package var partitions: Set<Int32> {
        Set(snapshot()?.engine.partitions.filter { $0.stage == "active" }.map(\.number) ?? [])
    }

    /// Does something to the worker on its own thread, and waits for it; false when it did not come to that.
    @discardableResult
    package func onLoop(_ body: @escaping @Sendable (Worker) -> Void) -> Bool {
        let done = Done()
        state.withLock { $0.inspect }?({ [held] _ in
            if let worker = held.worker { body(worker) }
            done.isDone.store(true, ordering: .releasing)
        })
        return eventually(10_000) { done.isDone.load(ordering: .acquiring) }
    }

    private final class Done: Sendable {
        let isDone = Atomic(false)
    }

    /// Keeps its loop from turning, as a machine that swaps or a debugger does. Returns at once.
    ///
    /// - Returns: what lets it turn again.
    package func stall() -> @Sendable () -> Void {
        let over = Done()
        state.withLock { $0.inspect }?({ _ in
            while !over.isDone.load(ordering: .acquiring) { usleep(50_000) }
        })
        return { over.isDone.store(true, ordering: .releasing) }
    }

    private final class Answer: Sendable {
        let snapshot = Mutex<WorkerSnapshot?>(nil)
    }
}

extension LogLevel {
    /// What workers in tests log: errors, or what `PROKLAMA_TEST_LOG` says.
    fileprivate static var level: LogLevel {
        getenv("PROKLAMA_TEST_LOG").flatMap { LogLevel(rawValue: String(cString: $0)) } ?? .error
    }
}
