/// Something that an engine does now and then, and that is worth counting.
public enum EngineEvent: String, Sendable, CaseIterable {
    /// A settled filing was older than the ledger is to remember.
    case filingForgotten = "filing-forgotten"
}
