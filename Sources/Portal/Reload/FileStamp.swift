// Which module a C structure's fields belong to depends on the order in which modules are built.
import CCurl
import COpenSSL
import Glibc

/// What tells that a file is another one, or was written to. Links are followed, so that a swapped link shows.
public struct FileStamp: Hashable, Sendable {
    private let device: UInt
    private let inode: UInt
    private let size: Int
    /// Both change with each write; the second one cannot be set back.
    private let modified: Int64
    private let changed: Int64

    /// Nil when there is no such file.
    public init?(_ file: String) {
        var about = stat()
        guard stat(file, &about) == 0 else { return nil }
        device = UInt(about.st_dev)
        inode = UInt(about.st_ino)
        size = Int(about.st_size)
        modified = Int64(about.st_mtim.tv_sec) * 1_000_000_000 + Int64(about.st_mtim.tv_nsec)
        changed = Int64(about.st_ctim.tv_sec) * 1_000_000_000 + Int64(about.st_ctim.tv_nsec)
    }

    /// Of each of the files, in their order.
    static func all(_ files: [String]) -> [FileStamp?] { files.map { FileStamp($0) } }
}
