/// A request's path, taken apart.
struct Route: Sendable {
    let call: Call
    /// The estate's ID, or "".
    var estate: Substring = ""
    var kind = FilingKind.claim
    /// The filing's ID, or "".
    var filing: Substring = ""
    /// The whole path, for control calls.
    let path: String
    /// A path of the portal with a method that it has not.
    var wrongMethod = false

    init(method: String, path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        switch (parts.first, parts.count) {
        case ("token", 1): self.init(path, method, ["POST": .token])
        case ("doedsbojournaler", 1): self.init(path, method, ["POST": .search])
        case ("doedsbojournaler", 2) where parts[1] == "aendringer": self.init(path, method, ["POST": .changes])
        case ("doedsbojournaler", 3...5): self.init(filing: parts, path, method)
        case (let first?, 1) where first.hasPrefix("_"): self.init(path, .control)
        case ("_estates", 2), ("_filings", 2): self.init(path, .control)
        default: self.init(path, .other)
        }
    }

    private init(_ path: String, _ call: Call) {
        self.path = path
        self.call = call
    }

    private init(_ path: String, _ method: String, _ calls: KeyValuePairs<String, Call>) {
        let call = calls.first { $0.key == method }?.value
        self.init(path, call ?? .other)
        wrongMethod = call == nil
    }

    private init(filing parts: [Substring], _ path: String, _ method: String) {
        guard let kind = FilingKind(rawValue: String(parts[2])), parts.count < 5 || parts[4] == "bilag" else {
            self.init(path, .other)
            return
        }
        switch parts.count {
        case 3: self.init(path, method, ["POST": .submit, "GET": .lookup])
        case 4: self.init(path, method, ["GET": .show, "PUT": .amend, "DELETE": .withdraw])
        default: self.init(path, method, ["POST": .attach])
        }
        self.estate = parts[1]
        self.kind = kind
        if parts.count > 3 { self.filing = parts[3] }
    }
}
