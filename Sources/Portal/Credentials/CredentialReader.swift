import COpenSSL
import Glibc

/// Reads certificate, key and authorities as the settings name them, and judges them for the environment.
struct CredentialReader {
    let settings: PortalSettings
    private(set) var problems: [CredentialProblem] = []
    /// Of our certificate, also when something is wrong with it.
    private(set) var chain: CertificateChain?
    private var password: String?
    private var pins: Set<String> = []

    init(settings: PortalSettings) {
        self.settings = settings
        password = settings.keyPassword
    }

    /// - Parameter now: seconds since 1970.
    /// - Returns: nil when something is wrong, which is then in `problems`.
    mutating func read(now: Int64 = Int64(time(nil))) -> CredentialBundle? {
        readPins()
        let authorities = readAuthorities()
        guard let file = settings.certificateFile else {
            if settings.keyFile != nil { problems.append(.keyWithoutCertificate) }
            return problems.isEmpty ? CredentialBundle(credentials: nil, authorities: authorities) : nil
        }
        guard readPassword(), let (pair, keyFile) = readPair(file), let leaf = pair.leaf else { return nil }
        let known = authorities?.entries ?? []
        let builder = ChainBuilder(
            candidates: pair.certificates.entries + known, configured: Set(known.map(\.certificate.sha256)),
            pinned: pins)
        let (chain, issuers) = builder.build(from: leaf)
        self.chain = chain
        let credentials = pair.credentials(leaf: leaf, chain: chain, issuers: issuers, owner: authorities)
        // That there is no key has been said already.
        if pair.key != nil, credentials == nil { problems.append(.keyMismatch(file: keyFile)) }
        judge(chain, now: now)
        if let credentials { checkSigning(with: credentials) }
        guard problems.isEmpty, let credentials else { return nil }
        return CredentialBundle(credentials: credentials, authorities: authorities)
    }

    /// What settings say that is neither a file nor an address.
    private mutating func readPins() {
        for text in settings.certificateAuthorityPins {
            if let pin = FingerprintText.sha256(text) { pins.insert(pin) } else { problems.append(.badPin(text: text)) }
        }
    }

    /// - Returns: false when there should be one and it cannot be read: without it nothing can be said of the key.
    private mutating func readPassword() -> Bool {
        guard let file = settings.keyPasswordFile else { return true }
        do throws(CredentialProblem) {
            password = try CredentialFile.readSecret(file, setting: "portal.key.password.file")
            return true
        } catch {
            problems.append(error)
            return false
        }
    }

    private mutating func readAuthorities() -> CertificateList? {
        guard let file = settings.caFile else { return nil }
        do throws(CredentialProblem) {
            let bytes = try CredentialFile.read(file, setting: "portal.ca.file")
            return try PEM.certificates(in: bytes, setting: "portal.ca.file", file: file)
        } catch {
            problems.append(error)
            return nil
        }
    }

    /// - Returns: nil when there is no certificate to look at; else the pair, and the file in which the key was looked for.
    private mutating func readPair(_ file: String) -> (CredentialPair, keyFile: String)? {
        let setting = "portal.certificate.file"
        do throws(CredentialProblem) {
            let bytes = try CredentialFile.read(file, setting: setting)
            // DER begins with a SEQUENCE, PEM with text. What it holds counts, not what the file is called.
            if bytes[0] == 0x30, !PKCS12.isCertificate(bytes) {
                return (try PKCS12.read(bytes, file: file, password: password), file)
            }
            let certificates = try PEM.certificates(in: bytes, setting: setting, file: file)
            let key = readKey(besides: bytes, setting, file)
            return (CredentialPair(certificates: certificates, key: key), settings.keyFile ?? file)
        } catch {
            problems.append(error)
            // So that both files' problems are told at once.
            if settings.keyFile != nil { _ = readKey(besides: [], setting, file) }
            return nil
        }
    }

    private mutating func readKey(besides bytes: [UInt8], _ setting: String, _ file: String) -> PrivateKey? {
        do throws(CredentialProblem) {
            guard let keyFile = settings.keyFile else {
                return try PEM.privateKey(in: bytes, setting: setting, file: file, password: password)
            }
            let bytes = try CredentialFile.read(keyFile, setting: "portal.key.file")
            return try PEM.privateKey(in: bytes, setting: "portal.key.file", file: keyFile, password: password)
        } catch {
            problems.append(error)
            return nil
        }
    }

    private mutating func judge(_ chain: CertificateChain, now: Int64) {
        if let problem = settings.environment.problem(with: chain) { problems.append(problem) }
        if now > chain.leaf.notAfter {
            problems.append(.expired(at: chain.leaf.notAfter))
        } else if now < chain.leaf.notBefore {
            problems.append(.notYetValid(from: chain.leaf.notBefore))
        }
        if let issuer = chain.issuers.first(where: { now > $0.notAfter }) {
            problems.append(.issuerExpired(issuer.subject, at: issuer.notAfter))
        }
        if chain.leaf.keyAlgorithm == "RSA", chain.leaf.keyBits < 2048 {
            problems.append(.keyTooShort(bits: chain.leaf.keyBits))
        }
    }

    private mutating func checkSigning(with credentials: Credentials) {
        guard settings.tokenAuthentication == .privateKeyJWT else { return }
        let assertion = ClientAssertion(clientID: "", audience: "", credentials: credentials)
        if assertion.sign() == nil { problems.append(.keyCannotSign) }
    }
}
