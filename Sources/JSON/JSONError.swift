import CJansson

/// Why a text is not JSON that we accept (RFC 8259): malformed, nested too deeply, a name given twice, not UTF-8.
///
/// The message says what and where and never quotes the text, which may hold personal data.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong, in plain words.
    public let problem: String
    /// Byte offset at which the parser gave up.
    public let offset: Int

    public var description: String { "\(problem) at byte \(offset)" }

    public init(problem: String, offset: Int) {
        self.problem = problem
        self.offset = offset
    }

    init(_ error: json_error_t) {
        var error = error
        let code = json_error_code(rawValue: UInt32(jansson_error_code(&error)))
        let problem =
            switch code {
            case json_error_invalid_utf8: "not UTF-8"
            case json_error_premature_end_of_input: "ends too early"
            case json_error_end_of_input_expected: "something follows the end"
            case json_error_stack_overflow: "nested too deeply"
            case json_error_duplicate_key: "a name stands twice in one object"
            case json_error_null_byte_in_key: "a name has a NUL in it"
            case json_error_numeric_overflow: "a number is too large"
            case json_error_out_of_memory: "out of memory"
            default: "not JSON"
            }
        self.init(problem: problem, offset: Int(error.position))
    }
}
