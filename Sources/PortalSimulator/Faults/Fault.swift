/// What can go wrong on purpose. The raw value is the name on the command line and in `/_faults`.
enum Fault: String, CaseIterable, Sendable {
    /// The connection is closed whatever it asks for, the token too; only the control calls still work.
    case refuse
    /// Closed before anything is done.
    case resetBefore = "reset-before"
    case tokenRefused = "token-refused"
    case unauthorized
    case forbidden
    /// 307 to another host.
    case redirect
    /// 429 with Retry-After.
    case tooMany = "too-many"
    /// 503 with Retry-After.
    case unavailable
    /// 500, nothing stored.
    case error
    /// Done only after a long delay: the hazard for a look-up meanwhile.
    case slowProcessing = "slow-processing"
    /// Done, then closed without an answer.
    case answerLost = "answer-lost"
    /// 500, although stored.
    case errorAfter = "error-after"
    /// Stored, but half of the answer is cut off.
    case malformed
    /// Stored, but answered with a web page and 200.
    case html
    /// An upload is cut off before all of it has come.
    case cutUpload = "cut-upload"
    /// An upload is answered with 413, nothing stored.
    case tooLarge = "too-large"
    /// An upload is answered with 422, nothing stored.
    case invalidFile = "invalid-file"
    /// Done at once, answered after a long delay.
    case slow
}
