import Estates
import Glibc

/// Who replays or discards, when, and why: the same for all letters of one run of the command.
struct RunIdentity: Sendable {
    let id: String
    let by: String
    let note: String?
    /// Whether a worker does it by itself.
    let isAutomatic: Bool

    /// - Parameter id: nil makes a new one, such as `20261124T101500-4f2a91`.
    init(id: String?, note: String?, now: Timestamp) {
        self.id = id ?? RunIdentity.newID(now)
        self.note = note
        isAutomatic = false
        by = "\(RunIdentity.user)@\(Host.name)"
    }

    /// Of a replay that a worker begins by itself.
    init(automatic note: String, now: Timestamp) {
        id = RunIdentity.newID(now)
        by = "automatic"
        self.note = note
        isAutomatic = true
    }

    private static func newID(_ now: Timestamp) -> String {
        let digits = String(UInt32.random(in: 0..<(1 << 24)), radix: 16)
        let time = now.description.prefix(19).filter { $0 != "-" && $0 != ":" }
        return "\(time)-\(String(repeating: "0", count: 6 - digits.count))\(digits)"
    }

    private static var user: String {
        if let entry = getpwuid(geteuid()), let name = entry.pointee.pw_name { return String(cString: name) }
        return String(geteuid())
    }
}
