import JSON

extension Portal {
    /// Answers `/_faults`, `/_latency`, `/_idempotency`, `/_arrivals`, `/_tokens`, `/_changes`, `/_estates/ID`,
    /// `/_filings/ID` and `/_reset`; the audit is streamed elsewhere.
    mutating func control(_ request: Request, method: String, now: Int64) -> Reply {
        switch (method, request.route.path) {
        case ("GET", "/_faults"): return Reply(status: 200, body: settingsJSON)
        case ("PUT", "/_faults"): return setFaults(request.body)
        case ("PUT", "/_latency"):
            let text = String(decoding: request.trimmedBody, as: UTF8.self).filter { $0 != "\"" }
            guard let latency = Latency(text) else { return .refusal(400, "latency is MS or MIN-MAX") }
            self.latency = latency
            return Reply(status: 204)
        case ("PUT", "/_idempotency"):
            let text = String(decoding: request.trimmedBody, as: UTF8.self).filter { $0 != "\"" }
            guard text == "on" || text == "off" else { return .refusal(400, "idempotency is on or off") }
            keepsIdempotencyKeys = text == "on"
            return Reply(status: 204)
        case ("GET", "/_arrivals"):
            return Reply(status: 200, body: arrivals.lines(since: request.query["since"].flatMap { Int64($0) } ?? 0))
        case ("GET", "/_tokens"):
            return Reply(status: 200, body: Array(tokens.issued.map { $0 + "\n" }.joined().utf8))
        case ("POST", "/_reset"):
            reset()
            return Reply(status: 204)
        case ("GET", "/_changes"):
            return Reply(status: 200, body: changeLog.lines)
        case ("PUT", let path) where path.hasPrefix("/_estates/"):
            return changeEstate(String(path.dropFirst(10)), request.body, now: now)
        case ("PUT", let path) where path.hasPrefix("/_filings/"):
            return changeFiling(String(path.dropFirst(10)), request.body, now: now)
        default: return .notFound
        }
    }

    private mutating func setFaults(_ body: [UInt8]) -> Reply {
        guard let members = (try? JSONDocument.parse(body))?.members else {
            return .refusal(400, "an object of names and rates is wanted")
        }
        var settings: [String: Double] = [:]
        for (name, value) in members {
            guard let rate = value.number else { return .refusal(400, "the rate of \(name) is no number") }
            settings[name] = rate
        }
        do throws(SimulatorError) {
            try faults.set(settings)
        } catch {
            return .refusal(400, error.description)
        }
        return Reply(status: 200, body: settingsJSON)
    }

    private var settingsJSON: [UInt8] {
        JSONWriter.object { json in
            for (name, rate) in faults.settings.sorted(by: { $0.key < $1.key }) {
                json.name(dynamic: name)
                json.number(rate)
            }
        }
    }
}
