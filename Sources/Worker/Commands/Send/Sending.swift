import Engine
import EventLoop
import Kafka
import Portal

/// One run of `proklama send`.
struct Sending {
    private static let mostWarnings = 20
    private let settings: WorkerSettings
    private let path: String
    /// The path as messages have it.
    private let name: String
    private let topic: String
    private let parser: LineParser
    private let forecast: Forecast
    private let console: Console

    init(
        _ settings: WorkerSettings, _ input: InputTopic, path: String, _ console: Console
    ) throws(CommandFailure) {
        self.settings = settings
        self.path = path
        name = path == "-" ? "standard input" : path
        self.console = console
        topic = settings.topics.name(of: input)
        var recordKey: RecordKey?
        if let file = settings.sendKeySecretFile {
            let secret: String
            do throws(FileProblem) { secret = try TextFile.readSecret(file) } catch {
                throw CommandFailure(.settings, "send.key.secret.file: \(file): \(error)")
            }
            if secret.isEmpty {
                throw CommandFailure(.settings, "send.key.secret.file: \(file): its first line is empty")
            }
            recordKey = RecordKey(secret: secret)
        }
        parser = LineParser(topic: topic, input: input, recordKey: recordKey)
        forecast = Forecast(settings, input: input)
    }

    func run() throws(CommandFailure) -> ExitStatus {
        do throws(FileProblem) { return try read() } catch {
            throw CommandFailure(.foundWrong, "\(name): \(error)")
        }
    }

    private func read() throws(FileProblem) -> ExitStatus {
        var reader = try LineReader(path)
        guard reader.rewind() else { return try deliver(&reader) }
        let problems = try check(&reader)
        if problems > 0 {
            console.complain("proklama: \(problems) bad line\(problems == 1 ? "" : "s"), so nothing was sent")
            return .foundWrong
        }
        _ = reader.rewind()
        return try deliver(&reader)
    }

    /// Names every bad line; returns how many there are.
    private func check(_ reader: inout LineReader) throws(FileProblem) -> Int {
        var problems = 0
        while let line = try reader.next() {
            do throws(LineProblem) { _ = try parser.record(line) } catch {
                problems += 1
                console.complain("\(name), line \(reader.number): \(error)")
            }
            if reader.number % 10_000 == 0 { console.progress("checking: \(reader.number) lines") }
        }
        return problems
    }

    private func deliver(_ reader: inout LineReader) throws(FileProblem) -> ExitStatus {
        let delivery: Delivery
        do throws(CommandFailure) { delivery = try connect() } catch {
            console.complain("proklama: \(error)")
            return error.status
        }
        var pace = Pace()
        var isBad = false
        var refusals = 0
        while let line = try reader.next() {
            do throws(LineProblem) {
                let record = try parser.record(line)
                if let warning = forecast.warning(record) {
                    refusals += 1
                    if refusals <= Sending.mostWarnings {
                        console.complain(
                            "warning: \(name), line \(reader.number): the worker will refuse it: \(warning)")
                    }
                }
                do throws(KafkaError) { try delivery.send(record, line: reader.number) } catch {
                    console.complain("\(name), line \(reader.number): \(error.message)")
                    isBad = true
                    break
                }
            } catch {
                console.complain("\(name), line \(reader.number): \(error); it and what follows were not sent")
                isBad = true
                break
            }
            if pace.isDue() { console.progress("sent \(delivery.delivered) of \(reader.number) lines read") }
        }
        delivery.finish {
            if pace.isDue() { console.progress("sent \(delivery.delivered), \(delivery.unreported) under way") }
        }
        for failure in delivery.failures {
            console.complain("\(name), line \(failure.line): not delivered: \(failure.error.message)")
        }
        if refusals > Sending.mostWarnings {
            console.complain("warning: the worker will refuse \(refusals) of them; only the first were named")
        }
        console.print("sent \(delivery.delivered) record\(delivery.delivered == 1 ? "" : "s") to \(topic)")
        if delivery.failed > 0 { console.complain("proklama: \(delivery.failed) were not delivered") }
        return delivery.failed > 0 || isBad ? .foundWrong : .done
    }

    /// A producer, once it is clear that the topic is there: a producer that asks for it might create it.
    private func connect() throws(CommandFailure) -> Delivery {
        let clients = KafkaClients(settings: settings, log: SettingsOptions.quietLog(settings))
        let admin = try TopicsCommand.admin(settings)
        do throws(KafkaError) {
            switch try admin.describeTopics([topic], milliseconds: 10_000)[topic] {
            case .failure(let error): throw error
            case .success, nil: break
            }
            return Delivery(try clients.idempotentProducer())
        } catch {
            if error.is(.unknownTopicOrPartition) || error.is(.unknownTopicLocally) {
                throw CommandFailure(.foundWrong, "topic \(topic) does not exist. Run proklama topics create")
            }
            throw CommandFailure(error, while: "sending to \(topic)")
        }
    }
}
