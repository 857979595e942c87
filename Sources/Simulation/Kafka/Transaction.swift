import Driver
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
    /// The worker's number for it.
    let number: Int
    let parts: [TickPart]
    var state = State.open
    /// Those taken by the group's coordinator; nil before that.
    var offsets: [(place: InputPartition, offset: Int64)]?
    var markersLeft = 0
}
