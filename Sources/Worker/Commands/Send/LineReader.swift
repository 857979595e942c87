import Glibc

/// Reads a text line by line, in bounded memory but for the longest line.
struct LineReader: ~Copyable {
    private let descriptor: CInt
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false
    /// Of the line read last, from 1.
    private(set) var number = 0

    /// - Parameter path: `-` is standard input.
    init(_ path: String) throws(FileProblem) {
        descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileProblem(description: String(cString: strerror(errno))) }
    }

    deinit { close(descriptor) }

    /// Goes back to the beginning; false when that cannot be, as in a pipe.
    mutating func rewind() -> Bool {
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { return false }
        buffer = []
        position = 0
        isAtEnd = false
        number = 0
        return true
    }

    /// The next line that is not blank, without its end; nil after the last one.
    mutating func next() throws(FileProblem) -> [UInt8]? {
        while let line = try nextOfAny() {
            if line.contains(where: { $0 > 0x20 }) { return line }
        }
        return nil
    }

    private mutating func nextOfAny() throws(FileProblem) -> [UInt8]? {
        var searched = position
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { position = end + 1 }
                return line(upTo: end)
            }
            searched = buffer.count
            if isAtEnd {
                defer { position = buffer.count }
                return position == buffer.count ? nil : line(upTo: buffer.count)
            }
            let taken = position
            try fill()
            searched -= taken
        }
    }

    private mutating func line(upTo end: Int) -> [UInt8] {
        number += 1
        let line = buffer[position..<end]
        return Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    }

    private mutating func fill() throws(FileProblem) {
        buffer.removeFirst(position)
        position = 0
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileProblem(description: String(cString: strerror(errno))) }
            isAtEnd = count == 0
            buffer.append(contentsOf: piece[..<count])
            return
        }
    }
}
