import Estates
import JSON

/// What was changed of estates and filings from outside while the simulator ran: what a follower should hear of.
struct ChangeLog: Sendable {
    private(set) var estates = 0
    private(set) var filings = 0
    private var text: [UInt8] = []

    mutating func note(estate: String, _ patch: JSONValue, at now: Int64) {
        estates += 1
        add { json in
            json.field("estate", estate)
            json.field("at", Timestamp(milliseconds: now).description)
            json.name("change")
            json.value(patch)
        }
    }

    mutating func note(filing: String, status: String, at now: Int64) {
        filings += 1
        add { json in
            json.field("filing", filing)
            json.field("at", Timestamp(milliseconds: now).description)
            json.field("status", status)
        }
    }

    /// One JSON object a line, the oldest first.
    var lines: [UInt8] { text }

    private mutating func add(_ body: (inout JSONWriter) -> Void) {
        text += JSONWriter.object(body)
        text.append(UInt8(ascii: "\n"))
    }
}
