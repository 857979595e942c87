/// What a command needs settings for.
public enum SettingsScope: Sendable {
    case everything
    /// Kafka alone: what is wrong or missing about the portal does not matter.
    case kafka
}
