import Engine
import Kafka

/// Reads lines as records, and records as the worker does.
struct Validation: Sendable {
    private let lines: LineParser
    private let forecast: Forecast

    init(_ input: InputTopic, isProduction: Bool) {
        lines = LineParser(topic: input.rawValue, input: input, recordKey: nil)
        forecast = Forecast(isProduction: isProduction, input: input)
    }

    func verdict(_ line: [UInt8], number: Int) -> LineVerdict {
        let record: OutgoingRecord
        do throws(LineProblem) {
            record = try lines.recordForJudgement(line)
        } catch {
            return LineVerdict(line: number, problem: .init(reason: nil, message: error.description, place: nil))
        }
        guard let failure = forecast.failure(record) else { return LineVerdict(line: number, problem: nil) }
        return LineVerdict(
            line: number,
            problem: .init(
                reason: failure.reason, message: failure.message, place: FailureFingerprint.place(in: failure.message)))
    }
}
