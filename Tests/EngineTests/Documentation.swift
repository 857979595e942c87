import Glibc

/// The repository's own pages, for tests that hold them to be true.
enum Documentation {
    struct Unreadable: Error { let path: String }

    /// - Parameter path: from the repository's root.
    static func lines(of path: String) throws -> [String] {
        var root = #filePath
        for _ in 0..<3 { root = String(root[..<(root.lastIndex(of: "/") ?? root.startIndex)]) }
        guard let file = fopen("\(root)/\(path)", "r") else { throw Unreadable(path: path) }
        defer { fclose(file) }
        var lines: [String] = []
        var line: UnsafeMutablePointer<CChar>?
        var size = 0
        defer { free(line) }
        while getline(&line, &size, file) >= 0, let line {
            lines.append(String(String(cString: line).prefix { $0 != "\n" }))
        }
        return lines
    }
}
