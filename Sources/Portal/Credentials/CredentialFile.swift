import CCurl
import COpenSSL
import Glibc

/// Reads the small files that credentials are made of.
enum CredentialFile {
    private static let maximumSize = 1 << 22

    static func read(_ file: String, setting: String) throws(CredentialProblem) -> [UInt8] {
        // A pipe would block the loop, so it is not waited for, and refused below.
        let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw unreadable(file, setting) }
        defer { close(descriptor) }
        var about = stat()
        guard fstat(descriptor, &about) == 0, about.st_mode & S_IFMT == S_IFREG else {
            throw .notAFile(setting: setting, file: file)
        }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(file, setting) }
            if count == 0 { break }
            bytes.append(contentsOf: piece[..<count])
            // A wrong name must not fill the memory.
            guard bytes.count <= maximumSize else { throw .tooLarge(setting: setting, file: file) }
        }
        guard !bytes.isEmpty else { throw .empty(setting: setting, file: file) }
        return bytes
    }

    /// The first line without its end.
    static func readSecret(_ file: String, setting: String) throws(CredentialProblem) -> String {
        let line = try read(file, setting: setting).prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        return String(decoding: line, as: UTF8.self)
    }

    private static func unreadable(_ file: String, _ setting: String) -> CredentialProblem {
        .unreadable(setting: setting, file: file, reason: String(cString: strerror(errno)))
    }
}
