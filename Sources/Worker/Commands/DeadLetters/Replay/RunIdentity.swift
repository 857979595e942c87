import Estates
import Glibc

/// Who replays or discards, when, and why: the same for all letters of one run of the command.
struct RunIdentity: Sendable {
    let id: String
    let by: String
    let note: String?

    /// - Parameter id: nil makes a new one, such as `20261124T101500-4f2a91`.
    init(id: String?, note: String?, now: Timestamp) {
        let digits = String(UInt32.random(in: 0..<(1 << 24)), radix: 16)
        let time = now.description.prefix(19).filter { $0 != "-" && $0 != ":" }
        self.id = id ?? "\(time)-\(String(repeating: "0", count: 6 - digits.count))\(digits)"
        self.note = note
        by = "\(RunIdentity.user)@\(Host.name)"
    }

    private static var user: String {
        if let entry = getpwuid(geteuid()), let name = entry.pointee.pw_name { return String(cString: name) }
        return String(geteuid())
    }
}
