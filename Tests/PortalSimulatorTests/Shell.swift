import Glibc

/// Runs a shell command and returns its exit status and what it wrote.
enum Shell {
    static func run(_ command: String) -> (status: Int32, output: String) {
        guard let pipe = popen("(\(command)) 2>&1", "re") else { return (-1, "") }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&buffer, 1, buffer.count, pipe)
            if count == 0 { break }
            output += buffer[..<count]
        }
        return (pclose(pipe) >> 8, String(decoding: output, as: UTF8.self))
    }
}
