import Engine
import Estates
import JSON

/// The ledger's format is version 1, and 2 where attachments are missing, which version 1 cannot say. A reader refuses a
/// version that it does not know, since guessing would file twice.
extension FilingEntry {
    var json: [UInt8] {
        JSONWriter.object { root in
            root.field("v", missing != nil || filed?.isIncomplete == true ? 2 : 1)
            root.field("state", state.rawValue)
            root.field("lease", lease)
            if !requests.isEmpty {
                root.array("requests") { list in
                    for request in requests {
                        list.array { pair in
                            pair.integer(request.offset)
                            pair.integer(request.acceptedAt.milliseconds)
                            if request.isCancelled { pair.integer(1) }
                        }
                    }
                }
            }
            root.field("joined", joined == 0 ? nil : joined)
            root.field("estate", estate?.text)
            root.deadline("deadline", deadline)
            if let filed {
                root.object("filed") { object in
                    object.field("estate", filed.estate.text)
                    object.field("filing", filed.filing.text)
                    object.field("receipt", filed.receipt.id)
                    object.field("receivedAt", filed.receipt.receivedAt)
                    object.field("digest", filed.digest.hex)
                    object.field("revision", filed.revision)
                    object.field("withdrawn", filed.isWithdrawn ? true : nil)
                    object.field("incomplete", filed.isIncomplete ? true : nil)
                    object.field("settledAt", filed.settledAt?.milliseconds)
                    object.field("person", filed.person?.hex)
                    object.field("firstReceipt", filed.first?.id)
                    object.field("firstReceivedAt", filed.first?.receivedAt)
                    object.field("preliminary", filed.isPreliminary ? true : nil)
                    object.deadline("finalDeadline", filed.finalDeadline)
                    object.field("status", filed.status)
                }
            }
            if let missing {
                root.array("missing") { list in
                    for place in missing { list.integer(Int64(place)) }
                }
            }
            root.field("doubt", doubt?.hex)
            root.field("givenUpFor", givenUpFor?.hex)
            root.field("wasEverInDoubt", wasEverInDoubt ? true : nil)
            root.field("attempts", attempts == 0 ? nil : attempts)
            root.field("failingSince", failingSince?.milliseconds)
            root.field("nextAt", nextAt?.milliseconds)
        }
    }

    init(_ identity: FilingIdentity, json: [UInt8]) throws(LedgerProblem) {
        let root = try LedgerProblem.document(json)
        guard let state = root["state"]?.string.flatMap(State.init(rawValue:)) else { throw LedgerProblem("state") }
        self.init(identity: identity, state: state)
        lease = root["lease"]?.integer
        for pair in root["requests"]?.elements ?? [] {
            guard let numbers = pair.elements, (2...3).contains(numbers.count), let offset = numbers[0].integer,
                let acceptedAt = numbers[1].integer
            else { throw LedgerProblem("requests") }
            requests.append(
                QueuedRequest(
                    offset: offset, acceptedAt: Timestamp(milliseconds: acceptedAt),
                    isCancelled: numbers.count == 3 && numbers[2].integer == 1))
        }
        joined = Int(root["joined"]?.integer ?? 0)
        guard joined == 0 || (1..<max(requests.count, 1)).contains(joined) else { throw LedgerProblem("joined") }
        estate = root["estate"]?.string.map(EstateID.init)
        deadline = try root.deadline("deadline")
        if let object = root["filed"] { filed = try Filed(object) }
        if let places = root["missing"]?.elements {
            missing = []
            for place in places {
                guard let place = place.integer, place >= 0 else { throw LedgerProblem("missing") }
                missing?.append(Int(place))
            }
        }
        if let text = root["doubt"]?.string {
            guard let digest = ContentsDigest(hex: text) else { throw LedgerProblem("doubt") }
            doubt = digest
        }
        if let text = root["givenUpFor"]?.string {
            guard let person = PersonKey(hex: text) else { throw LedgerProblem("givenUpFor") }
            givenUpFor = person
        }
        wasEverInDoubt = root["wasEverInDoubt"]?.boolean ?? false
        attempts = Int(root["attempts"]?.integer ?? 0)
        failingSince = root["failingSince"]?.integer.map(Timestamp.init(milliseconds:))
        nextAt = root["nextAt"]?.integer.map(Timestamp.init(milliseconds:))
    }
}

extension Filed {
    fileprivate init(_ object: JSONValue) throws(LedgerProblem) {
        guard let estate = object["estate"]?.string, let filing = object["filing"]?.string,
            let receipt = object["receipt"]?.string, let receivedAt = object["receivedAt"]?.string,
            let digest = object["digest"]?.string.flatMap({ ContentsDigest(hex: $0) }),
            let revision = object["revision"]?.integer
        else { throw LedgerProblem("filed") }
        var first: Receipt?
        if let id = object["firstReceipt"]?.string, let receivedAt = object["firstReceivedAt"]?.string {
            first = Receipt(id: id, receivedAt: receivedAt)
        }
        self.init(
            estate: EstateID(estate), filing: FilingID(filing), receipt: Receipt(id: receipt, receivedAt: receivedAt),
            digest: digest, revision: Int(revision), isWithdrawn: object["withdrawn"]?.boolean ?? false,
            isIncomplete: object["incomplete"]?.boolean ?? false,
            settledAt: object["settledAt"]?.integer.map(Timestamp.init(milliseconds:)),
            person: object["person"]?.string.flatMap(PersonKey.init(hex:)), first: first,
            isPreliminary: object["preliminary"]?.boolean ?? false,
            finalDeadline: try object.deadline("finalDeadline"), status: object["status"]?.string)
    }
}

extension NotificationEntry {
    var json: [UInt8] {
        JSONWriter.object { root in
            root.field("v", 1)
            root.field("acceptedAt", acceptedAt.milliseconds)
            root.field("attempts", attempts)
            root.field("nextAt", nextAt.milliseconds)
            if isAnswered { root.field("answered", true) }
        }
    }

    init(offset: Int64, json: [UInt8]) throws(LedgerProblem) {
        let root = try LedgerProblem.document(json)
        guard let acceptedAt = root["acceptedAt"]?.integer, let attempts = root["attempts"]?.integer,
            let nextAt = root["nextAt"]?.integer
        else { throw LedgerProblem("schedule") }
        self.init(
            offset: offset, acceptedAt: Timestamp(milliseconds: acceptedAt), attempts: Int(attempts),
            nextAt: Timestamp(milliseconds: nextAt), isAnswered: root["answered"]?.boolean ?? false)
    }
}

/// A ledger record that cannot be read. The worker stops rather than go on without it.
struct LedgerProblem: Error, CustomStringConvertible {
    let description: String

    init(_ what: String) { description = "\(what) is missing or malformed" }

    init(sealed problem: SealProblem) { description = "\(problem)" }

    static func document(_ json: [UInt8]) throws(LedgerProblem) -> JSONValue {
        let root: JSONValue
        do { root = try JSONDocument.parse(json) } catch { throw LedgerProblem("JSON (\(error))") }
        guard let version = root["v"]?.integer else { throw LedgerProblem("v") }
        guard (1...2).contains(version) else {
            throw LedgerProblem("version \(version) was written by a newer worker; v 1 or 2")
        }
        return root
    }
}
