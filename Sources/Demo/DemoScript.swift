import Engine
import Estates
import JSON

/// What is produced, in order.
struct DemoScript {
    /// The person whose estate the court opens only after a while.
    static let late = DemoPerson(28, serial: "0777")

    /// Each is produced when the one before is answered: an amendment or a withdrawal of what still waits would be combined
    /// with it.
    private(set) var waves: [[DemoRecord]] = [[], [], []]
    /// The one that is being written.
    private var wave = 0
    private var requests = 0

    /// - Parameter count: of ordinary requests, each for a person of its own, with a death notification each.
    init(requests count: Int) {
        for number in 0..<count {
            let person = DemoPerson(number)
            notify(person)
            request(person, .claimReply(.filed)) { $0.kind = FilingKind.allCases[number % FilingKind.allCases.count] }
        }
        addVariations()
        addFailuresOfTheRecord()
        addFailuresOfTheCase()
    }

    /// What happens besides, and ends well.
    private mutating func addVariations() {
        for number in 0..<3 {
            // The portal takes the filing, and its answer gets lost on the way.
            let person = DemoPerson(number, serial: "0004")
            notify(person)
            request(person, .claimReply(.filed))
        }
        notify(DemoScript.late)
        request(DemoScript.late, .claimReply(.filed))
        for number in 0..<4 {
            let person = DemoPerson(number, serial: "0200")
            let reference = "VARIED-\(number)"
            notify(person)
            request(person, .claimReply(.filed), reference: reference) { $0.hasAttachment = true }
            request(person, .claimReply(.alreadyFiled), reference: reference) { $0.hasAttachment = true }
            wave = 1
            request(person, .claimReply(.amended), reference: reference) {
                $0.hasAttachment = true
                $0.action = .amend
                $0.principal = "990.00"
            }
            wave = 2
            if number % 2 == 0 {
                request(person, .claimReply(.withdrawn), reference: reference) { $0.action = .withdraw }
            } else {
                request(person, .deadLetter(.conflictingReference), reference: reference) { $0.principal = "1.00" }
            }
            wave = 0
        }
    }

    /// What nobody could file.
    private mutating func addFailuresOfTheRecord() {
        let person = DemoPerson(0, serial: "0300")
        let key = Array(person.key.utf8)
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 3000)
        add(.claimRequests, key, Array(#"{"id": "cut off"#.utf8), .deadLetter(.malformed))
        add(.claimRequests, key, nil, .deadLetter(.malformed))
        add(.claimRequests, key, deep, .deadLetter(.malformed))
        add(
            .claimRequests, nil, DemoRequest(id: "no-key", reference: "NO-KEY", cpr: person.cpr).json,
            .deadLetter(.malformed))
        request(person, .deadLetter(.malformed)) { $0.principal = "seventy-five" }
        request(person, .deadLetter(.diedBeforePortal)) { $0.dateOfDeath = "2021-03-01" }
        request(person, .deadLetter(.attachmentMismatch)) {
            $0.hasAttachment = true
            $0.attachmentDigest = String(repeating: "0", count: 64)
        }
        let wrong = DemoRequest(id: "wrong-cpr", reference: "WRONG-CPR", cpr: "6113500300")
        add(.claimRequests, key, wrong.json, .deadLetter(.invalidCPR))
    }

    /// What the portal, or the state of things, does not allow.
    private mutating func addFailuresOfTheCase() {
        let unknown = DemoPerson(1, serial: "0000")
        notify(unknown, .deadLetter(.estateNotFound))
        request(unknown, .deadLetter(.estateNotFound))
        let twice = DemoPerson(2, serial: "0001")
        notify(twice, .deadLetter(.estateAmbiguous))
        request(twice, .deadLetter(.estateAmbiguous))
        let refused = DemoPerson(3, serial: "0003")
        notify(refused)
        request(refused, .deadLetter(.refusedByPortal))
        request(DemoPerson(4, serial: "0300"), .deadLetter(.unknownFiling)) { $0.action = .amend }
    }

    private mutating func notify(_ person: DemoPerson, _ expectation: Expectation = .estateFound) {
        let value = JSONWriter.object { root in
            root.field("id", "death-\(person.key)")
            root.field("cpr", person.cpr)
            root.field("dateOfDeath", "2026-09-14")
            root.field("source", "demo")
        }
        add(.deathNotifications, Array(person.key.utf8), value, expectation)
    }

    private mutating func request(
        _ person: DemoPerson, _ expectation: Expectation, reference: String? = nil,
        _ vary: (inout DemoRequest) -> Void = { _ in }
    ) {
        requests += 1
        var request = DemoRequest(
            id: "request-\(requests)", reference: reference ?? "DEMO-\(requests)", cpr: person.cpr)
        vary(&request)
        add(.claimRequests, Array(person.key.utf8), request.json, expectation)
    }

    private mutating func add(
        _ input: InputTopic, _ key: [UInt8]?, _ value: [UInt8]?, _ expectation: Expectation
    ) {
        waves[wave].append(DemoRecord(input: input, key: key, value: value, expectation: expectation))
    }
}
