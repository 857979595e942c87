import Glibc

/// Keeps all changes in a file, so that a simulator that is killed and started again knows what it has filed.
///
/// A line is written before the change is answered. What a kill leaves of a line is cut off by the next start; its change was
/// never answered.
final class Journal: Sendable {
    private let descriptor: Int32

    /// Opens the file, or makes it.
    init(_ path: String) throws(SimulatorError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .cannotRead(file: path, reason: String(cString: strerror(errno))) }
    }

    deinit { close(descriptor) }

    /// The lines of an earlier process.
    static func lines(_ path: String) throws(SimulatorError) -> [ArraySlice<UInt8>] {
        let contents = try TextFile.readBytes(path)
        let newline = UInt8(ascii: "\n")
        let end = contents.lastIndex(of: newline).map { $0 + 1 } ?? 0
        if end < contents.count, truncate(path, off_t(end)) != 0 {
            throw .cannotRead(file: path, reason: String(cString: strerror(errno)))
        }
        return contents[..<end].split(separator: newline)
    }

    /// - Parameter line: without its end.
    func append(_ line: [UInt8]) {
        let bytes = line + [UInt8(ascii: "\n")]
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            // A simulator that cannot keep its books is of no use.
            precondition(count > 0 || errno == EINTR, "the journal cannot be written: errno \(errno)")
            written += max(count, 0)
        }
    }

    func clear() { ftruncate(descriptor, 0) }
}
