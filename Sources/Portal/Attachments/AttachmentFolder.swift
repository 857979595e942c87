import Estates
import Glibc

/// The folder below which files to be attached lie.
public struct AttachmentFolder: Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    /// Opens a file below the folder, and nothing else.
    ///
    /// The path is walked part by part, each opened in the one before. No part may be empty, a dot, two dots or a symbolic
    /// link, and there is no way up but two dots: so what is opened lies below the folder, whatever others do to the tree
    /// meanwhile. Waiting for a FIFO's other end is avoided by not waiting for anything, and what is no regular file is closed
    /// before a byte of it is read.
    func open(_ file: String) throws(AttachmentFailure) -> AttachmentFile {
        guard !file.utf8.contains(0), !file.isEmpty else { throw AttachmentFailure(.unusable, "its path is none") }
        var parts = file.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }), let name = parts.popLast() else {
            throw AttachmentFailure(
                .unusable, "its path must be relative, without empty parts and dots: it must stay below the folder")
        }
        var folder = try openFolder()
        defer { close(folder) }
        for part in parts {
            let next = try AttachmentFolder.open(part, in: folder, O_DIRECTORY)
            close(folder)
            folder = next
        }
        return try AttachmentFile(descriptor: try AttachmentFolder.open(name, in: folder, 0))
    }

    /// Whether files can be opened in it now: for the preflight.
    public func check() throws(AttachmentFailure) { close(try openFolder()) }

    private func openFolder() throws(AttachmentFailure) -> CInt {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // A folder that is not there is more often not mounted yet than gone.
        guard descriptor >= 0 else {
            throw AttachmentFailure(.unavailable, "attachments.folder cannot be opened: \(SystemError.text(errno))")
        }
        return descriptor
    }

    private static func open(_ name: String, in folder: CInt, _ flags: CInt) throws(AttachmentFailure) -> CInt {
        let descriptor = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | flags)
        if descriptor >= 0 { return descriptor }
        throw failure(errno)
    }

    /// What is wrong with the file, and what with the machine.
    static func failure(_ code: CInt) -> AttachmentFailure {
        switch code {
        case ENOENT: AttachmentFailure(.unusable, "there is no such file below attachments.folder")
        case ELOOP: AttachmentFailure(.unusable, "it is a symbolic link, and those are not followed")
        case ENOTDIR: AttachmentFailure(.unusable, "a part of its path is no folder, or a symbolic link")
        case EACCES, EPERM: AttachmentFailure(.unusable, "the file may not be read by this user")
        case ENAMETOOLONG: AttachmentFailure(.unusable, "its path is too long")
        case ENXIO, ENODEV: AttachmentFailure(.unusable, "it is no regular file")
        default: AttachmentFailure(.unavailable, "it cannot be read now: \(SystemError.text(code))")
        }
    }
}

enum SystemError {
    /// In words, which name no file.
    static func text(_ code: CInt) -> String {
        guard let text = strerror(code) else { return "error \(code)" }
        return String(cString: text)
    }
}
