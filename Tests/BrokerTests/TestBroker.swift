import Glibc
import Kafka
import Testing

/// The Kafka that these tests run against: `PROKLAMA_TEST_BOOTSTRAP`, or one that is started for this process by
/// `scripts/kafka` when there is a release to start (`KAFKA_HOME`, `.kafka/kafka*` or `../shared/kafka`).
///
/// Without either the tests are skipped; with `PROKLAMA_REQUIRE_KAFKA=1` they fail instead.
enum TestBroker {
    /// For `@Suite(.enabled(if: TestBroker.isWanted, TestBroker.howToGetOne))`.
    static let isWanted =
        variable("PROKLAMA_REQUIRE_KAFKA") == "1" || variable("PROKLAMA_TEST_BOOTSTRAP") != nil || hasRelease

    static let howToGetOne: Comment = "no Kafka: set PROKLAMA_TEST_BOOTSTRAP or KAFKA_HOME, or run scripts/kafka fetch"

    /// The address of the broker, which is started when it is asked for first.
    static func bootstrap() throws -> String { try started.get() }

    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    private static let started: Result<String, Missing> = {
        if let given = variable("PROKLAMA_TEST_BOOTSTRAP") { return .success(given) }
        let directory = "/tmp/proklama-kafka-\(getpid())"
        let script = "'\(root)/scripts/kafka'"
        // Also when this process is killed, somebody has to stop the broker; so it is watched from outside.
        _ = output(
            of: "(while kill -0 \(getpid()); do sleep 1; done; \(script) delete --dir \(directory)) >/dev/null 2>&1 &")
        let said = output(of: "\(script) start --dir \(directory) 2>&1")
        guard let line = said.split(separator: "\n").last, line.hasPrefix("BOOTSTRAP=") else {
            return .failure(Missing(description: "scripts/kafka start: \(said)"))
        }
        return .success(String(line.dropFirst("BOOTSTRAP=".count)))
    }()

    private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }

    private static var hasRelease: Bool {
        variable("KAFKA_HOME") != nil
            || !output(of: "ls -d '\(root)'/.kafka/kafka*/bin '\(root)/../shared/kafka/bin' 2>/dev/null").isEmpty
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func output(of command: String) -> String {
        guard let pipe = popen(command, "r") else { return "" }
        defer { pclose(pipe) }
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 {
            text += String(decoding: buffer.prefix(count), as: UTF8.self)
        }
        return text
    }
}
