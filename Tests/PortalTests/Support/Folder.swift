import Glibc

/// A folder of its own for a test, with files that it writes; gone with the object.
final class Folder: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/portal-files-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { preconditionFailure("mkdtemp") }
        path = String(cString: made)
    }

    deinit {
        guard let listing = opendir(path) else { return }
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            unlink(file(name))
        }
        closedir(listing)
        rmdir(path)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Overwrites the file where it is, as `cp` does.
    @discardableResult func write(_ name: String, _ bytes: [UInt8]) -> String {
        let descriptor = open(file(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        precondition(descriptor >= 0 && Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
        close(descriptor)
        return file(name)
    }

    @discardableResult func write(_ name: String, _ text: String) -> String { write(name, Array(text.utf8)) }

    /// Puts a new file in the old one's place, as `mv` and configuration management do.
    func replace(_ name: String, _ text: String) {
        write("\(name).new", text)
        precondition(rename(file("\(name).new"), file(name)) == 0)
    }
}
