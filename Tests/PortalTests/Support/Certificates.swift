import Glibc

/// Certificates made with the `openssl` command, once for all tests.
enum Certificates {
    static let folder: String = make()

    static func file(_ name: String) -> String { "\(folder)/\(name)" }

    static func text(_ name: String) -> String {
        guard let file = fopen(Certificates.file(name), "r") else { preconditionFailure("no \(name)") }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    private static func make() -> String {
        var template = Array("/tmp/portal-tests-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { preconditionFailure("mkdtemp") }
        let folder = String(cString: made)
        let script = """
            set -e; cd \(folder)
            key() { openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out $1.key; }
            issue() { # name, issuer, extensions
                key $1; openssl req -new -key $1.key -subj "/CN=$1" -out $1.csr
                printf '%s' "$3" > $1.ext
                openssl x509 -req -in $1.csr -CA $2.pem -CAkey $2.key -days 30 -extfile $1.ext -out $1.pem; }
            for ca in ca other-ca; do key $ca
                openssl req -x509 -new -key $ca.key -days 30 -subj "/CN=$ca" -out $ca.pem; done
            issue server ca 'subjectAltName=DNS:localhost,IP:127.0.0.1'
            issue elsewhere ca 'subjectAltName=DNS:elsewhere.example'
            issue client ca 'keyUsage=digitalSignature'
            issue weak ca 'keyUsage=digitalSignature'
            openssl x509 -req -in weak.csr -CA ca.pem -CAkey ca.key -days 30 -sha1 -extfile weak.ext -out weak.pem
            openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -days -1 -extfile server.ext -out expired.pem
            cp server.key expired.key
            issue stranger other-ca 'keyUsage=digitalSignature'
            openssl pkey -in client.key -aes256 -passout pass:open-sesame -out client-encrypted.key
            openssl pkcs12 -export -in client.pem -inkey client.key -passout pass:open-sesame -out client.p12
            cp client.p12 client.store
            openssl pkcs12 -export -nokeys -in client.pem -passout pass:open-sesame -out bare.p12
            openssl ecparam -genkey -name prime256v1 -noout -out ec.key
            openssl req -x509 -new -key ec.key -days 30 -subj /CN=ec -out ec.pem
            echo nonsense > nonsense.pem
            """
        precondition(run("{ \(script)\n} >/dev/null 2>&1") == 0, "the openssl command failed")
        atexit { _ = Certificates.run("rm -rf \(Certificates.folder)") }
        return folder
    }

    /// The shell's exit status.
    private static func run(_ script: String) -> CInt {
        var process = pid_t()
        let words: [String] = ["/bin/sh", "-c", script]
        let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        precondition(posix_spawn(&process, "/bin/sh", nil, nil, arguments + [nil], environ) == 0)
        var status: CInt = 0
        waitpid(process, &status, 0)
        return status
    }
}
