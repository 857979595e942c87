/// How a program ends, as in sysexits.h.
public enum ExitStatus: Int32, Sendable, CaseIterable {
    case done = 0
    /// The command ran and found something wrong: a failed check, or nothing that matched.
    case foundWrong = 1
    case usage = 64
    /// The broker or the portal cannot be reached.
    case unreachable = 69
    /// A bug.
    case bug = 70
    case settings = 78
}
