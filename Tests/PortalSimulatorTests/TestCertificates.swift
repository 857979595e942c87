import Glibc

@testable import PortalSimulator

/// An authority, a server's certificate and a client's, made with the `openssl` program in a folder that goes away again.
final class TestCertificates {
    let folder: String

    init() {
        var template = Array("\(TestCertificates.temporaryFolder)/portal-simulator-XXXXXX".utf8CString)
        mkdtemp(&template)
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let made = Shell.run(
            """
            set -e; cd '\(folder)'
            openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj '/CN=Test CA'
            for name in server client; do
                openssl req -newkey rsa:2048 -nodes -keyout $name.key -out $name.csr -subj "/CN=$name"
                printf 'subjectAltName=IP:127.0.0.1' > $name.ext
                openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile $name.ext \
                    -out $name.pem
            done
            openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.pem -days 2 -subj '/CN=Other'
            """)
        precondition(made.status == 0, made.output)
    }

    deinit { _ = Shell.run("rm -rf '\(folder)'") }

    func pem(_ name: String) throws -> String { try TextFile.read("\(folder)/\(name)") }

    /// A signature with PS256 by the client's key.
    func sign(_ text: String) -> String {
        let command = """
            cd '\(folder)' && printf '%s' '\(text)' | openssl dgst -sha256 -sigopt rsa_padding_mode:pss \
            -sigopt rsa_pss_saltlen:digest -sign client.key | base64 -w0 | tr '+/' '-_' | tr -d '='
            """
        return Shell.run(command).output
    }

    /// Base64 with the URL alphabet.
    static func encode(_ text: String) -> String {
        Shell.run("printf '%s' '\(text)' | base64 -w0 | tr '+/' '-_' | tr -d '='").output
    }

    private static var temporaryFolder: String { getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp" }
}
