import Estates
import Glibc

/// A regular file that is open for reading.
final class AttachmentFile {
    private let descriptor: CInt
    /// When it was opened, in bytes.
    let size: Int64

    /// Takes the descriptor over, and closes it if it is of no regular file.
    init(descriptor: CInt) throws(AttachmentFailure) {
        self.descriptor = descriptor
        var status = stat()
        let code = fstat(descriptor, &status) == 0 ? 0 : errno
        size = Int64(status.st_size)
        if code != 0 { throw AttachmentFolder.failure(code) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw AttachmentFailure(.unusable, "it is no regular file")
        }
    }

    deinit { close(descriptor) }

    /// The next bytes, at most as many as fit; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(AttachmentFailure) -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR { throw AttachmentFolder.failure(errno) }
        }
    }
}
