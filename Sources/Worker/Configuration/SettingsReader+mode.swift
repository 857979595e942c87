import Engine

/// `mode`: a shadow and a worker that files have nothing in common but their inputs, by their names alone.
extension SettingsReader {
    /// The group in force.
    func groupID(_ mode: FilingMode) -> String { ShadowNames.group(text(.groupID), mode) }

    /// As a setting is in force: names are those of the mode.
    func inForce(_ key: SettingKey, _ mode: FilingMode) -> String? {
        if key == .groupID { return groupID(mode) }
        if let role = TopicRole.allCases.first(where: { $0.setting == key }) {
            return ShadowNames.topic(text(key), role, mode)
        }
        return optional(key)
    }

    /// Refuses what would let the one touch what is the other's.
    mutating func checkMode(_ mode: FilingMode) {
        switch mode {
        case .live:
            for role in TopicRole.allCases where !role.isInput && text(role.setting).hasSuffix(ShadowNames.topicEnding)
            {
                complain(
                    role.setting,
                    "\(text(role.setting)) is a shadow's topic; a worker that files must not use it. Take the ending "
                        + "\(ShadowNames.topicEnding) away, or set mode=shadow")
            }
            if text(.groupID).hasSuffix(ShadowNames.groupEnding) {
                complain(
                    .groupID,
                    "\(text(.groupID)) is a shadow's group; a worker that files must not use it. Take the ending "
                        + "\(ShadowNames.groupEnding) away, or set mode=shadow")
            }
            if let instance = optional(.instanceID), instance.hasPrefix(ShadowNames.forbiddenInstance) {
                complain(
                    .instanceID,
                    "must not begin with \(ShadowNames.forbiddenInstance): with the group it would be a shadow's name")
            }
        case .shadow:
            if text(.automaticReplay) != "none" {
                complain(
                    .automaticReplay,
                    "must be none with mode=shadow: a replay writes to the inputs, which a shadow only reads")
            }
        }
    }

    /// `true` or `false`.
    mutating func flag(_ key: SettingKey) -> Bool {
        switch text(key) {
        case "true": return true
        case "false": return false
        default:
            complain(key, "'\(text(key))' is neither true nor false")
            return false
        }
    }
}
