import Engine
import Estates
import JSON
import Kafka

/// A followed estate in the ledger. Its record key, which may be any bytes, is a header there, as that of a request is.
extension FollowedEstate {
    private static let keyHeader = "proklama.ledger.key"

    var json: [UInt8] {
        JSONWriter.object { root in
            root.field("v", 1)
            root.field("status", status)
            root.field("treatment", treatment)
            root.field("noticeDate", noticeDate?.description)
            root.field("closedAt", closedAt?.milliseconds)
        }
    }

    var headers: [Header] { [Header(FollowedEstate.keyHeader, key)] }

    init(_ id: EstateID, json: [UInt8], headers: [Header]) throws(LedgerProblem) {
        guard let header = LedgerWriter.others(headers).first, header.name == FollowedEstate.keyHeader else {
            throw LedgerProblem("its own headers")
        }
        let root = try LedgerProblem.document(json)
        self.init(
            id: id, key: header.value ?? [], status: root["status"]?.string, treatment: root["treatment"]?.string,
            noticeDate: root["noticeDate"]?.string.flatMap { CalendarDate($0) },
            closedAt: root["closedAt"]?.integer.map(Timestamp.init(milliseconds:)))
    }
}

extension FollowCheckpoint {
    var json: [UInt8] {
        JSONWriter.object { root in
            root.field("v", 1)
            root.field("since", since.milliseconds)
            root.field("at", at.milliseconds)
        }
    }

    init(json: [UInt8]) throws(LedgerProblem) {
        let root = try LedgerProblem.document(json)
        guard let since = root["since"]?.integer, let at = root["at"]?.integer else {
            throw LedgerProblem("checkpoint")
        }
        self.init(since: Timestamp(milliseconds: since), at: Timestamp(milliseconds: at))
    }
}
