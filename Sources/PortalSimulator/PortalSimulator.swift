import CMicroHTTPD
import JSON
import Synchronization

/// A stand-in for the probate portal: it serves the portal's API over HTTP, goes wrong on request, and keeps the books
/// that show whether a filing came twice.
///
/// It answers on one thread of its own, from the end of `init` until `stop()`.
public final class PortalSimulator: Sendable {
    private let server: HTTPServer
    private let desk: Desk
    private let listenAddress: String
    private let servesTLS: Bool

    /// Starts to listen and to answer.
    public init(options: Options = Options()) throws(SimulatorError) {
        var key: AssertionKey?
        if let pem = options.clientCertificatePEM {
            key = AssertionKey(certificatePEM: pem)
            if key == nil { throw .cannotServe("the client certificate is no PEM certificate") }
        }
        desk = Desk(try Portal(options, key: key))
        server = try HTTPServer(options, desk: desk)
        listenAddress = options.listenAddress
        servesTLS = options.tls != nil
    }

    deinit { server.stop() }

    /// The port that it listens on.
    public var port: UInt16 { server.port }

    /// Where clients find it, such as `http://127.0.0.1:8443`.
    public var url: String {
        let host = listenAddress == "0.0.0.0" ? "127.0.0.1" : listenAddress
        return "\(servesTLS ? "https" : "http")://\(host):\(port)"
    }

    /// The books so far.
    public func audit() -> Audit { desk.audit() }

    /// Replaces all faults and their parameters.
    public func setFaults(_ faults: [String: Double]) throws(SimulatorError) {
        let result = desk.withPortal { portal in
            Result { () throws(SimulatorError) in try portal.faults.set(faults) }
        }
        try result.get()
    }

    /// Changes how long calls take from now on.
    public func setLatency(_ latency: Latency) { desk.withPortal { $0.latency = latency } }

    /// Adds an estate, or replaces the one of the same ID.
    public func addEstate(_ estate: EstateRecord) {
        desk.withPortal { $0.estates.add(estate, now: Clock.wallMilliseconds()) }
    }

    /// Changes an estate, as `PUT /_estates/ID` does; false when there is none of that ID.
    ///
    /// - Parameter members: a JSON object with what is to change.
    public func changeEstate(_ id: String, _ members: String) -> Bool {
        desk.withPortal { $0.changeEstate(id, Array(members.utf8), now: Clock.wallMilliseconds()).status == 204 }
    }

    /// Gives a filing another status, as `PUT /_filings/ID` does; false when there is none of that ID.
    public func changeFiling(_ id: String, status: String) -> Bool {
        let body = JSONWriter.object { $0.field("status", status) }
        return desk.withPortal { $0.changeFiling(id, body, now: Clock.wallMilliseconds()).status == 204 }
    }

    /// Forgets all filings and counts.
    public func reset() { desk.reset() }

    /// The identity's filings and receipts, as the lines of `/_audit?format=jsonl`.
    public func auditLines() -> [String] {
        desk.withPortal { portal in
            portal.store.identities.indices.map { String(decoding: portal.store.identityJSON($0), as: UTF8.self) }
        }
    }

    /// Closes all connections and ends the threads. A second call does nothing.
    public func stop() { server.stop() }
}
