import Engine

/// Why a record cannot be read or filed. The message names the place and never quotes a value.
struct Refusal: Error {
    let reason: FailureReason
    let message: String

    init(_ reason: FailureReason, _ message: String) {
        self.reason = reason
        self.message = message
    }

    static func missing(_ path: String) -> Refusal { Refusal(.malformed, "\(path): missing") }
}
