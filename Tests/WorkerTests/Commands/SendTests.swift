import Engine
import Estates
import Glibc
import Kafka
import Testing

@testable import Worker

@Suite struct SendTests {
    private let parser = LineParser(
        topic: "t", input: .claimRequests, recordKey: RecordKey(secret: "a secret of the test"))

    private func record(_ line: String) throws -> OutgoingRecord { try parser.record(Array(line.utf8)) }

    /// The vector is Python's: hmac.new(secret, digits, sha256).hexdigest()[:32].
    @Test func theKeyIsTheFrontOfTheHMAC() throws {
        let cpr = try #require(CPRNumber("660125-0100"))
        #expect(RecordKey(secret: "a secret of the test").text(for: cpr) == "71f6c928776cf646f437e9e516ee6ae0")
        #expect(RecordKey(secret: "another").text(for: cpr) != "71f6c928776cf646f437e9e516ee6ae0")
    }

    @Test func aBareValueGetsADerivedKey() throws {
        let line = #"{"id":"1","deceased":{"cpr":"660125-0100"}}"#
        let record = try record(line)
        #expect(record.key == Array("71f6c928776cf646f437e9e516ee6ae0".utf8))
        #expect(record.value == Array(line.utf8))
        let notifications = LineParser(topic: "t", input: .deathNotifications, recordKey: parser.recordKey)
        #expect(try notifications.record(Array(#"{"cpr":"6601250100"}"#.utf8)).key == record.key)
    }

    @Test func aValueBesideItsKeyIsPassedOnToTheByte() throws {
        let value = #"{ "a" : [1.10, "}\"{", {"value": 2}] , "b":"\u00e6" }"#
        let record = try record(
            #"  {"headers":{"traceparent":"00-1","none":null}, "key" : "k\u00f8", "value" :\#(value) }"#)
        #expect(record.value == Array(value.utf8))
        #expect(record.key == Array("kø".utf8))
        #expect(record.headers == [Header("traceparent", text: "00-1"), Header("none", nil)])
    }

    @Test(arguments: ["12", "-1.5e3", "true", "\"text\"", "[]", "{}"]) func anyValueIsPassedOn(_ value: String) throws {
        #expect(try record("{\"key\":\"k\",\"value\":\(value)}").value == Array(value.utf8))
        #expect(try record("{\"key\":\"k\",\"value\":\(value) , \"headers\":{}}").value == Array(value.utf8))
    }

    @Test func nullIsATombstone() throws { #expect(try record(#"{"key":"k","value":null}"#).value == nil) }

    @Test(arguments: [
        ("nonsense", "not JSON"), ("[1]", "must be an object"), (#"{"key":"","value":1}"#, "'key' must be"),
        (#"{"key":5,"value":1}"#, "'key' must be"), (#"{"value":1}"#, "'key' must be"),
        (#"{"deceased":{"name":"N"}}"#, "no CPR number"), (#"{"key":"k","value":1,"headers":[]}"#, "'headers' must be"),
        (#"{"key":"k","value":1,"headers":{"a":1}}"#, "text or null"),
    ])
    func badLinesAreExplainedAndNotQuoted(_ line: String, _ part: String) {
        do throws(LineProblem) {
            _ = try parser.record(Array(line.utf8))
            Issue.record("it was taken")
        } catch {
            #expect(error.description.contains(part))
            #expect(!error.description.contains("nonsense"))
        }
    }

    @Test func withoutASecretAKeyIsNotDerived() {
        let parser = LineParser(topic: "t", input: .claimRequests, recordKey: nil)
        #expect(throws: LineProblem.self) { try parser.record(Array(#"{"deceased":{"cpr":"6601250100"}}"#.utf8)) }
    }

    @Test func whatTheWorkerWillRefuseIsForetold() throws {
        let forecast = Forecast(isProduction: false, input: .claimRequests)
        let warning = forecast.warning(try record(#"{"key":"k","value":{"id":"1"}}"#))
        #expect(warning == "malformed: reference: missing" || warning == "malformed: kind: missing")
    }

    @Test func theWarningKnowsTheSettingsOfTheWorker() throws {
        let line = RecordParserTests.request([
            "attachments": """
            [{"name":"a.pdf","mediaType":"application/pdf","content":"Zm9vYmFy","sha256":"\(SHA256Digest.hex(of: "foobar"))"}]
            """
        ])
        let record = try record(#"{"key":"k","value":\#(line)}"#)
        func warning(_ settings: String...) throws -> String? {
            let settings = try WorkerSettings.load(
                file: nil, environment: [:], overrides: ["kafka.bootstrap.servers=x"] + settings, scope: .kafka)
            return Forecast(settings, input: .claimRequests).warning(record)
        }
        #expect(try warning() == nil)
        #expect(try warning("creditors.allowed=97281536", "attachments.max.size=6") == nil)
        #expect(
            try warning("creditors.allowed=10150817")
                == "creditor-not-allowed: creditor.cvr: is not in creditors.allowed")
        #expect(try warning("attachments.max.size=5")?.contains("more than the 5 bytes") == true)
        #expect(try warning("portal.environment=production") != nil)
    }

    @Test func linesAreNumberedAsTheyStandInTheFile() throws {
        let path = "/tmp/proklama-lines-\(getpid())"
        let long = String(repeating: "x", count: 200_000)
        let file = try #require(fopen(path, "w"))
        fputs("one\r\n\n  \n\(long)\nlast", file)
        fclose(file)
        defer { unlink(path) }
        var reader = try LineReader(path)
        for _ in 0..<2 {
            var seen: [(Int, Int)] = []
            while let line = try reader.next() { seen.append((reader.number, line.count)) }
            #expect(seen.map(\.0) == [1, 4, 5])
            #expect(seen.map(\.1) == [3, 200_000, 4])
            let hasGoneBack = reader.rewind()
            #expect(hasGoneBack)
        }
    }

    @Test func nothingIsSentWhenALineIsBad() throws {
        let path = "/tmp/proklama-bad-\(getpid())"
        let file = try #require(fopen(path, "w"))
        fputs("{\"key\":\"k\",\"value\":{}}\nbad\n\nworse\n", file)
        fclose(file)
        defer { unlink(path) }
        let (status, screen) = Screen.run(
            "send", "claim-requests", path, "--set", "kafka.bootstrap.servers=127.0.0.1:1")
        #expect(status == .foundWrong)
        #expect(screen.err.contains("line 2:"))
        #expect(screen.err.contains("line 4:"))
        #expect(screen.err.contains("2 bad lines, so nothing was sent"))
    }
}
