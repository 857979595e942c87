extension PortalSimulator {
    /// How a simulator behaves. Everything has a default that suits a test.
    public struct Options: Sendable {
        /// A certificate with its chain, and its key, both in PEM.
        public struct TLS: Sendable {
            public let certificatePEM: String
            public let keyPEM: String

            public init(certificatePEM: String, keyPEM: String) {
                self.certificatePEM = certificatePEM
                self.keyPEM = keyPEM
            }
        }

        /// An IPv4 address.
        public var listenAddress = "127.0.0.1"
        /// 0 takes a free one.
        public var port: UInt16 = 0
        /// Nil serves HTTP without TLS.
        public var tls: TLS?
        /// With TLS: the authorities whose client certificates are accepted. A client without one fails the handshake.
        public var clientCAPEM: String?
        /// The client's certificate, to check the signature of its assertions; nil does not check it.
        public var clientCertificatePEM: String?
        public var estates: [EstateRecord] = []
        /// Every substitute CPR number, and every name with an address, has an estate.
        public var anyEstate = false
        public var latency = Latency.fixed(0)
        /// Rates from 0 to 1 by fault, such as `answer-lost` or `submit.answer-lost`.
        public var faults: [String: Double] = [:]
        /// Decides which calls meet a fault.
        public var seed: UInt64 = 1
        public var tokenAuthentication = TokenAuthentication.any
        public var tokenLifetimeSeconds = 300
        /// The same Idempotency-Key gets the first answer again.
        public var keepsIdempotencyKeys = false
        /// Keeps what is filed in this file, through restarts; nil forgets it.
        public var journalPath: String?
        /// Keeps the contents of attachments in this folder, in files named by their IDs; nil keeps their digests only.
        public var attachmentsPath: String?
        /// A reference that is filed already is answered with 409, and not stored as a duplicate.
        public var refusesKnownReferences = false

        public init() {}
    }
}
