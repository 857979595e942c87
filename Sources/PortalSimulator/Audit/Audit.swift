import JSON

/// What the portal has seen: the numbers that prove or refute the promise of one filing.
public struct Audit: Sendable, Equatable {
    /// Filings stored by POST, duplicates among them.
    public let filings: Int
    /// Distinct creditor, on-behalf-of, kind and reference.
    public let identities: Int
    /// Filings stored while another one of the same identity was there that had not been withdrawn.
    public let duplicates: Int
    public let amends: Int
    public let withdrawals: Int
    public let attachments: Int
    /// Attachments with the name and contents of an earlier one of the same filing.
    public let duplicateAttachments: Int
    /// Changes of estates and of filings' statuses, made from outside.
    public let estateChanges: Int
    public let statusChanges: Int
    /// Searches for a person.
    public let searches: Int
    public let searchesPerSecondPeak: Int
    /// Requests that are being answered now, without the control calls.
    public let inFlight: Int
    public let inFlightPeak: Int
    /// By the call's name and the HTTP status; `closed` is a connection closed without an answer.
    public let calls: [String: [String: Int]]
    /// Faults injected, by name.
    public let faults: [String: Int]

    func write(to json: inout JSONWriter) {
        json.field("filings", filings)
        json.field("identities", identities)
        json.field("duplicates", duplicates)
        json.field("amends", amends)
        json.field("withdrawals", withdrawals)
        json.field("attachments", attachments)
        json.field("duplicateAttachments", duplicateAttachments)
        json.field("estateChanges", estateChanges)
        json.field("statusChanges", statusChanges)
        json.field("searches", searches)
        json.field("searchesPerSecondPeak", searchesPerSecondPeak)
        json.field("inFlight", inFlight)
        json.field("inFlightPeak", inFlightPeak)
        json.object("calls") { json in
            for (call, endings) in calls.sorted(by: { $0.key < $1.key }) {
                json.name(dynamic: call)
                json.object { json in
                    for (status, count) in endings.sorted(by: { $0.key < $1.key }) {
                        json.name(dynamic: status)
                        json.integer(Int64(count))
                    }
                }
            }
        }
        json.object("faults") { json in
            for (fault, count) in faults.sorted(by: { $0.key < $1.key }) {
                json.name(dynamic: fault)
                json.integer(Int64(count))
            }
        }
    }
}
