import Engine
import EventLoop
import Kafka
import PortalSimulator
import Worker

/// The broker, the portal and the worker of the demonstration, all in this process.
final class DemoStage {
    let settings: WorkerSettings
    let cluster: MockCluster
    let simulator: PortalSimulator
    private(set) var server: AdminServer?
    private let ended = Mailbox<Int32>()
    private let stopWorker: @Sendable () -> Void

    init() throws(CommandFailure) {
        do throws(KafkaError) { cluster = try MockCluster() } catch {
            throw CommandFailure(.bug, "librdkafka's in-process broker does not start: \(error)")
        }
        do throws(SimulatorError) { simulator = try PortalSimulator(options: DemoStage.portal()) } catch {
            throw CommandFailure(.unreachable, "the simulated portal does not start: \(error)")
        }
        settings = try DemoStage.settings(cluster.bootstrapServers, simulator.url)
        do throws(KafkaError) {
            for name in settings.topics.all { try cluster.createTopic(name, partitions: 6) }
        } catch {
            throw CommandFailure(.bug, "topics cannot be made: \(error)")
        }
        let started = Mailbox<Result<Handles, WorkerStartError>>()
        let (settings, ended) = (settings, ended)
        // The worker belongs to the thread that it runs on.
        NativeThread.start("worker") {
            do throws(WorkerStartError) {
                let worker = try Worker(settings: settings, log: Log(level: .error, format: .text))
                started.post(.success(Handles(stop: worker.stopper, inspect: worker.inspector)))
                ended.post(worker.run())
            } catch {
                started.post(.failure(error))
            }
        }
        switch started.wait().first {
        case .success(let handles):
            stopWorker = handles.stop
            do throws(AdminServerError) {
                server = try AdminServer(
                    listen: ListenAddress(host: "127.0.0.1", port: 0), environment: "simulator",
                    inspect: handles.inspect)
            } catch {
                throw CommandFailure(.unreachable, "the endpoints cannot be served: \(error)")
            }
        case .failure(let error): throw CommandFailure(.bug, "\(error)")
        case nil: throw CommandFailure(.bug, "the worker did not start")
        }
    }

    /// Stops the worker and waits for its end.
    ///
    /// - Returns: its exit status; nil when it did not end in time.
    func stop() -> Int32? {
        stopWorker()
        let status = ended.wait(milliseconds: 15_000).first
        server?.stop()
        simulator.stop()
        return status
    }

    private struct Handles: Sendable {
        let stop: @Sendable () -> Void
        let inspect: @Sendable (@escaping @Sendable (WorkerSnapshot) -> Void) -> Void
    }

    private static func portal() throws(SimulatorError) -> PortalSimulator.Options {
        var options = PortalSimulator.Options()
        options.anyEstate = true
        options.tokenAuthentication = .none
        options.latency = .random(5...30)
        options.seed = 7
        // Now and then the portal is out of order, and now and then an answer is lost after the filing was stored.
        options.faults = ["unavailable": 0.02, "submit.answer-lost": 0.02, "retry-after-seconds": 0]
        options.estates = [try EstateRecord(id: "late-estate", cpr: DemoScript.late.cpr, availableAfter: .seconds(2))]
        return options
    }

    /// Days become seconds, so that waiting and giving up can be watched.
    private static func settings(_ bootstrap: String, _ portal: String) throws(CommandFailure) -> WorkerSettings {
        do throws(SettingsProblems) {
            var settings = try WorkerSettings.load(
                file: nil, environment: [:],
                overrides: [
                    "kafka.bootstrap.servers=\(bootstrap)", "portal.environment=simulator", "portal.url=\(portal)",
                    "portal.token.auth=none", "portal.call.timeout=2s", "retry.backoff.min=50ms",
                    "retry.backoff.max=1s", "estate.wait.min=500ms", "estate.wait.max=1s", "estate.wait.horizon=5s",
                    "drain.timeout=5s",
                ])
            // The simulator is done with a request half a second after it has given up on the answer, so a filing whose
            // answer was lost can be looked up soon.
            settings.engine.lease = 3000
            settings.engine.portalGrace = 500
            return settings
        } catch {
            throw CommandFailure(.bug, error.description)
        }
    }
}
