import Engine
import Estates
import JSON

extension Erasure {
    var json: [UInt8] {
        JSONWriter.object { root in
            root.field("v", 1)
            switch result {
            case .erased(let filings):
                root.field("state", "erased")
                root.field("filings", filings)
            case .refused(let unfinished):
                root.field("state", "refused")
                root.field("requests", unfinished.requests)
                root.field("notifications", unfinished.notifications)
                root.field("inDoubt", unfinished.inDoubt)
            }
            root.field("person", order.mark)
            root.field("id", order.id)
            root.field("by", order.by)
            root.field("note", order.note)
            root.field("at", at.milliseconds)
        }
    }

    init(offset: Int64, json: [UInt8]) throws(LedgerProblem) {
        let root = try LedgerProblem.document(json)
        guard let id = root["id"]?.string, let by = root["by"]?.string, let mark = root["person"]?.string,
            let at = root["at"]?.integer
        else { throw LedgerProblem("erasure") }
        let result: Result
        switch root["state"]?.string {
        case "erased":
            result = .erased(filings: Int(root["filings"]?.integer ?? 0))
        case "refused":
            result = .refused(
                UnfinishedWork(
                    requests: Int(root["requests"]?.integer ?? 0),
                    notifications: Int(root["notifications"]?.integer ?? 0),
                    inDoubt: Int(root["inDoubt"]?.integer ?? 0)))
        default:
            throw LedgerProblem("state")
        }
        self.init(
            offset: offset, order: ErasureOrder(id: id, by: by, note: root["note"]?.string, mark: mark),
            result: result, at: Timestamp(milliseconds: at))
    }
}
