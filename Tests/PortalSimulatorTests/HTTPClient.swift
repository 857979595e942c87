import Glibc
import JSON

/// A blocking HTTP client with a connection a request: as little as the tests need.
struct HTTPClient {
    let port: UInt16

    struct Answer {
        let status: Int
        let head: String
        let body: [UInt8]

        var json: JSONValue? { try? JSONDocument.parse(body) }
        var text: String { String(decoding: body, as: UTF8.self) }

        func header(_ name: String) -> String? {
            for line in head.split(separator: "\r\n").dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts[0].lowercased() == name.lowercased() { return String(parts[1].dropFirst()) }
            }
            return nil
        }
    }

    /// The answer, or nil when the connection is closed without one.
    func send(_ method: String, _ path: String, _ body: String = "", headers: [String: String] = [:]) -> Answer? {
        begin(method, path, body, headers: headers).finish()
    }

    /// Sends the request and does not wait for the answer.
    func begin(
        _ method: String, _ path: String, _ body: String = "", headers: [String: String] = [:], version: String = "1.1"
    ) -> Pending {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        var text = "\(method) \(path) HTTP/\(version)\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        text += "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        let bytes = Array(text.utf8)
        Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        return Pending(descriptor: descriptor)
    }

    /// A request whose answer has not been read.
    struct Pending {
        let descriptor: Int32

        func finish() -> Answer? {
            defer { close(descriptor) }
            var received: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                if count <= 0 { break }
                received += buffer[..<count]
            }
            let text = String(decoding: received, as: UTF8.self)
            guard let end = received.indices.first(where: { received[$0...].starts(with: Array("\r\n\r\n".utf8)) }),
                let status = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
            else { return nil }
            let head = String(decoding: received[..<end], as: UTF8.self)
            return Answer(status: status, head: head, body: Array(received[(end + 4)...]))
        }
    }
}
