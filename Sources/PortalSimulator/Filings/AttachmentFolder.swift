import Glibc

/// Keeps the contents of attachments as files, for an auditor who wants to see the bytes themselves.
///
/// Each file has the attachment's ID as its name (`B17-2`). The store remembers digests only.
struct AttachmentFolder: Sendable {
    private let path: String

    /// Makes the folder when there is none.
    init(_ path: String) throws(SimulatorError) {
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            throw .cannotRead(file: path, reason: String(cString: strerror(errno)))
        }
        self.path = path
    }

    /// - Parameter id: of an attachment that has just been stored.
    func keep(_ contents: ArraySlice<UInt8>, as id: String) {
        guard let file = fopen("\(path)/\(id)", "we") else {
            preconditionFailure("the attachment \(id) cannot be kept: errno \(errno)")
        }
        let written = contents.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
        // A simulator that cannot keep what it was sent is of no use as a witness.
        precondition(fclose(file) == 0 && written == contents.count, "the attachment \(id) cannot be kept")
    }
}
