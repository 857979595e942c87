import Engine

/// A transaction as its coordinator knows it.
struct Transaction {
    enum State {
        case open
        /// Decided; the markers are on their way.
        case committed
        case aborted
    }

    let slot: Int
    let epoch: Int
    let worker: Int
    let tick: UInt64
    let parts: [TickPart]
    var state = State.open
    /// Whether the offsets were taken by the group's coordinator.
    var hasOffsets = false
    var markersLeft = 0
}
