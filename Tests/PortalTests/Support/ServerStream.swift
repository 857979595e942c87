import COpenSSL
import Glibc

/// One connection of the scripted server, plain or TLS, with blocking reads.
struct ServerStream: ~Copyable {
    private let descriptor: CInt
    private let ssl: OpaquePointer?
    private var buffer: [UInt8] = []

    /// Nil when the TLS handshake failed.
    init?(descriptor: CInt, tls: TLSServer?) {
        self.descriptor = descriptor
        guard let tls else {
            ssl = nil
            return
        }
        let made = SSL_new(tls.context)
        SSL_set_fd(made, descriptor)
        if SSL_accept(made) != 1 {
            // Closing with unread bytes would reset the connection, and the alert might be lost on its way.
            shutdown(descriptor, CInt(SHUT_WR))
            var piece = [UInt8](repeating: 0, count: 4096)
            while read(descriptor, &piece, piece.count) > 0 {}
            SSL_free(made)
            return nil
        }
        ssl = made
    }

    deinit { if let ssl { SSL_free(ssl) } }

    /// The common name in the certificate that the client has shown; empty when there was none.
    var clientName: String {
        guard let ssl, let shown = SSL_get0_peer_certificate(ssl) else { return "" }
        var name = [CChar](repeating: 0, count: 128)
        X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, &name, CInt(name.count))
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Nil at the end of the connection.
    mutating func readRequest() -> Request? {
        let blank = Array("\r\n\r\n".utf8)
        var found: Int?
        repeat {
            found = buffer.indices.first { buffer[$0] == blank[0] && buffer[$0...].starts(with: blank) }
            guard found != nil || fill() else { return nil }
        } while found == nil
        guard let end = found else { return nil }
        let lines = String(decoding: buffer[..<end], as: UTF8.self).split(separator: "\r\n")
        let first = lines[0].split(separator: " ")
        var request = Request(method: String(first[0]), target: String(first[1]))
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            request.headers[parts[0].lowercased()] = parts.count == 2 ? String(parts[1].drop { $0 == " " }) : ""
        }
        let length = request.headers["content-length"].flatMap { Int($0) } ?? 0
        while buffer.count < end + 4 + length { guard fill() else { return nil } }
        request.body = String(decoding: buffer[(end + 4)..<(end + 4 + length)], as: UTF8.self)
        buffer.removeFirst(end + 4 + length)
        return request
    }

    func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { raw in
                if let ssl { return Int(SSL_write(ssl, raw.baseAddress, CInt(raw.count))) }
                return send(descriptor, raw.baseAddress, raw.count, CInt(MSG_NOSIGNAL))
            }
            if sent <= 0 { return }
            rest = rest.dropFirst(sent)
        }
    }

    private mutating func fill() -> Bool {
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        let count =
            if let ssl { Int(SSL_read(ssl, &piece, CInt(piece.count))) } else { read(descriptor, &piece, piece.count) }
        guard count > 0 else { return false }
        buffer += piece[..<count]
        return true
    }
}
