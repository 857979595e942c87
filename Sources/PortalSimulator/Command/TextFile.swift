import Glibc

/// Reads a whole file.
enum TextFile {
    static func read(_ path: String) throws(SimulatorError) -> String {
        String(decoding: try readBytes(path), as: UTF8.self)
    }

    static func readBytes(_ path: String) throws(SimulatorError) -> [UInt8] {
        guard let file = fopen(path, "re") else {
            throw .cannotRead(file: path, reason: String(cString: strerror(errno)))
        }
        defer { fclose(file) }
        var contents: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            contents += buffer[..<count]
        }
        guard ferror(file) == 0 else { throw .cannotRead(file: path, reason: String(cString: strerror(errno))) }
        return contents
    }
}
