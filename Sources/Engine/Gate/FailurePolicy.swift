/// What becomes of requests in flight when our certificate or the environment is wrong.
public enum FailurePolicy: String, Sendable, CaseIterable {
    /// What failed is dead-lettered; what was not sent yet waits.
    case deadLetter = "dead-letter"
    /// All wait until it is mended, however long that takes.
    case hold
}
