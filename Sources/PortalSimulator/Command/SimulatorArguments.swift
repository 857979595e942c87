/// Reads the options of `portal-simulator`.
enum SimulatorArguments {
    static func parse(_ arguments: [String]) throws(SimulatorError) -> SimulatorCommand.Request {
        var reading = Reading()
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            switch parts[0] {
            case "--help", "-h": return .help
            case "--version": return .version
            case "--any-estate": reading.options.anyEstate = true
            case "--strict-references": reading.options.refusesKnownReferences = true
            default:
                guard reading.names.contains(parts[0]) else { throw .usage("unknown option \(argument)") }
                guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
                    throw .usage("\(parts[0]) wants a value")
                }
                try reading.take(parts[0], value)
            }
        }
        return .serve(try reading.finish())
    }

    /// The options read so far.
    private struct Reading {
        var options = PortalSimulator.Options()
        var certificate: String?
        var key: String?
        let names: Set<String> = [
            "--listen", "--tls-cert", "--tls-key", "--client-ca", "--client-cert", "--estates", "--latency", "--fault",
            "--seed", "--token-auth", "--token-lifetime", "--idempotency", "--journal",
            "--attachments",
        ]

        init() { options.port = 8443 }

        mutating func take(_ name: String, _ value: String) throws(SimulatorError) {
            switch name {
            case "--listen": try listen(value)
            case "--tls-cert": certificate = try TextFile.read(value)
            case "--tls-key": key = try TextFile.read(value)
            case "--client-ca": options.clientCAPEM = try TextFile.read(value)
            case "--client-cert": options.clientCertificatePEM = try TextFile.read(value)
            case "--estates": options.estates += try SimulatorArguments.estates(value)
            case "--latency":
                guard let latency = Latency(value) else { throw .usage("--latency wants MS or MIN-MAX, not \(value)") }
                options.latency = latency
            case "--journal": options.journalPath = value
            case "--attachments": options.attachmentsPath = value
            case "--fault": try fault(value)
            case "--seed":
                guard let seed = UInt64(value) else { throw .usage("--seed wants a whole number, not \(value)") }
                options.seed = seed
            case "--token-auth":
                guard let authentication = TokenAuthentication(rawValue: value) else {
                    throw .usage("--token-auth is none, any, mtls or private-key-jwt, not \(value)")
                }
                options.tokenAuthentication = authentication
            case "--token-lifetime":
                guard let seconds = Int(value), (1...86_400).contains(seconds) else {
                    throw .usage("--token-lifetime wants seconds, not \(value)")
                }
                options.tokenLifetimeSeconds = seconds
            default:
                guard value == "on" || value == "off" else { throw .usage("--idempotency is on or off, not \(value)") }
                options.keepsIdempotencyKeys = value == "on"
            }
        }

        func finish() throws(SimulatorError) -> PortalSimulator.Options {
            var options = options
            if let certificate, let key {
                options.tls = PortalSimulator.Options.TLS(certificatePEM: certificate, keyPEM: key)
            } else if certificate != nil || key != nil {
                throw .usage("--tls-cert and --tls-key belong together")
            }
            if options.clientCAPEM != nil, options.tls == nil { throw .usage("--client-ca needs --tls-cert") }
            if options.tokenAuthentication == .mtls, options.clientCAPEM == nil {
                throw .usage("--token-auth mtls needs --client-ca")
            }
            // Known now, rather than when the server has started.
            var plan = FaultPlan(seed: options.seed)
            try plan.set(options.faults)
            return options
        }

        private mutating func listen(_ value: String) throws(SimulatorError) {
            let parts = value.split(separator: ":", omittingEmptySubsequences: false)
            guard let port = parts.last.flatMap({ UInt16($0) }), parts.count <= 2 else {
                throw .usage("--listen wants ADDRESS:PORT or PORT, not \(value)")
            }
            options.port = port
            if parts.count == 2 { options.listenAddress = String(parts[0]) }
        }

        private mutating func fault(_ value: String) throws(SimulatorError) {
            let parts = value.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let rate = Double(parts[1]) else {
                throw .usage("--fault wants NAME=RATE, not \(value)")
            }
            options.faults[String(parts[0])] = rate
        }
    }

    private static func estates(_ path: String) throws(SimulatorError) -> [EstateRecord] {
        var estates: [EstateRecord] = []
        let lines = try TextFile.read(path).utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where line.contains(where: { $0 > 0x20 }) {
            do throws(SimulatorError) {
                estates.append(try EstateRecord(parsing: Array(line)))
            } catch {
                throw error.located("\(path), line \(index + 1)")
            }
        }
        return estates
    }
}
