import Engine

/// Which dead letters a worker puts back by itself.
public struct AutomaticReplay: Sendable, Hashable {
    /// None of them: none.
    public var categories: Set<FailureCategory> = []
    /// How long the gate must have been open, in milliseconds.
    public var delay: Int64 = 60_000
    /// Records a second.
    public var rate = 5.0

    public init() {}
}
