import Estates
import JSON

/// Dead letters of the last time that the gate was closed, and what becomes of them: for `/status`.
public struct LetterReport: Sendable, Hashable {
    /// Of one category and reason.
    public struct Row: Sendable, Hashable {
        public let category: String
        public let reason: String
        public let open: Int
        /// Those of them that a replay would refuse: they have failed the same way too often.
        public let refused: Int
        /// Replays them.
        public let command: String
    }

    /// What the worker does about them by itself.
    public enum Automatic: String, Sendable, CaseIterable {
        /// Nothing: it was not told to.
        case off
        /// It begins when the gate has been open for long enough.
        case waiting
        case running
        /// It is done, or there was nothing to do; or it left them to a person who began a replay.
        case over
    }

    /// When they were counted.
    public internal(set) var asOf: Timestamp?
    /// Letters from then on are counted.
    public internal(set) var since: Timestamp
    public internal(set) var rows: [Row] = []
    public internal(set) var automatic: Automatic
    /// By this worker, since it was started.
    public internal(set) var replayed = 0

    var open: Int { rows.reduce(0) { $0 + $1.open } }

    func write(to root: inout JSONWriter) {
        root.object("deadLetters") { object in
            object.field("since", since.description)
            object.field("asOf", asOf?.description)
            object.field("open", open)
            object.array("reasons") { list in
                for row in rows {
                    list.object { entry in
                        entry.field("category", row.category)
                        entry.field("reason", row.reason)
                        entry.field("open", row.open)
                        entry.field("refused", row.refused)
                        entry.field("command", row.command)
                    }
                }
            }
            object.field("automatic", automatic.rawValue)
            object.field("replayed", replayed)
        }
    }
}
