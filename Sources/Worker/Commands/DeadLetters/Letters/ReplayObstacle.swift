/// Why a dead letter cannot be put back as it is.
enum ReplayObstacle: String, Sendable, CaseIterable {
    /// It has failed in the same way as often as `--max-replays` allows.
    case failedTooOften = "failed-too-often"
    /// Its headers do not say where it came from, or name a topic that is no input of this installation.
    case sourceUnknown = "source-unknown"
    /// Its value is sealed with a key that we do not have.
    case sealed

    /// For people: follows "refused: ".
    var explanation: String {
        switch self {
        case .failedTooOften:
            "failed the same way too often. Mend the cause first, then give a higher --max-replays"
        case .sourceUnknown:
            "do not come from an input topic of these settings. Say where they shall go with --to-topic"
        case .sealed:
            "are sealed with a key that encryption.key.file does not have. Put that key back, below the others"
        }
    }
}
