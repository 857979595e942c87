import CMicroHTTPD
import JSON

/// Writes the audit piece by piece, so that a million identities never lie in memory as one text.
final class AuditStream {
    private let desk: Desk
    private var next = 0
    private var isLastSent = false
    private var pending: [UInt8]
    private var taken = 0
    /// What stands between two identities, and what at the end.
    private let separator: [UInt8]
    private let ending: [UInt8]

    /// - Parameter asLines: one identity a line; otherwise one object, in which `detail` lists the identities.
    init(_ desk: Desk, asLines: Bool) {
        self.desk = desk
        separator = Array((asLines ? "\n" : ",\n").utf8)
        ending = Array((asLines ? "\n" : "]}\n").utf8)
        pending = []
        if !asLines {
            let audit = desk.audit()
            pending = JSONWriter.object { audit.write(to: &$0) }.dropLast() + Array(",\"detail\":[\n".utf8)
        }
    }

    /// The next bytes, at most as many as fit, or 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        if taken == pending.count { refill() }
        let count = min(buffer.count, pending.count - taken)
        pending[taken..<taken + count].withUnsafeBytes { buffer.copyMemory(from: $0) }
        taken += count
        return count
    }

    private func refill() {
        let start = next
        let piece = desk.withPortal { portal in
            var piece: [UInt8] = []
            let end = min(start + 200, portal.store.identities.count)
            // A reset in between may have taken identities away.
            for index in start..<max(start, end) {
                if index > 0 { piece += separator }
                piece += portal.store.identityJSON(index)
            }
            return (bytes: piece, end: max(start, end))
        }
        next = piece.end
        taken = 0
        pending = piece.bytes
        if pending.isEmpty, !isLastSent {
            isLastSent = true
            pending = ending
        }
    }
}
