import Kafka

/// A record for one of the inputs.
package struct TestRecord: Sendable {
    package var topic = "claim-requests"
    package var partition: Int32?
    package var key: [UInt8]?
    package var value: [UInt8]?
    package var headers: [Header] = []

    package init(topic: String = "claim-requests", key: [UInt8]?, value: [UInt8]?) {
        self.topic = topic
        self.key = key
        self.value = value
    }

    /// A claim, for a person of its own unless one is named.
    package static func claim(
        _ number: Int, action: String = "submit", person: Int? = nil, principal: String = "100.00", text: String? = nil,
        attachments: String? = nil
    ) -> TestRecord {
        request(
            number, person: person,
            """
            "action":"\(action)","kind":"claim","claim":{"principal":"\(principal)"}\
            \(text.map { ",\"text\":\"\($0)\"" } ?? "")\(attachments.map { ",\"attachments\":\($0)" } ?? "")
            """)
    }

    package static func withdrawal(_ number: Int, person: Int? = nil) -> TestRecord {
        request(number, person: person, #""action":"withdraw","kind":"claim""#)
    }

    package static func receivable(_ number: Int) -> TestRecord {
        request(number, #""kind":"receivable","receivable":{"amount":"1500.00"}"#)
    }

    package static func inventory(_ number: Int) -> TestRecord {
        request(number, #""kind":"inventory","inventory":{"items":[{"description":"Bicycle"}]}"#)
    }

    package static func inquiry(_ number: Int) -> TestRecord {
        request(number, #""kind":"inquiry","inquiry":{"legalInterest":"Heir"}"#)
    }

    package static func death(_ number: Int) -> TestRecord {
        var record = TestRecord(
            topic: "death-notifications", key: Array("person-\(number)".utf8),
            value: Array(#"{"id":"death-\#(number)","cpr":"\#(cpr(number))","dateOfDeath":"2026-09-14"}"#.utf8))
        record.partition = Int32(number)
        return record
    }

    private static func request(_ number: Int, person: Int? = nil, _ body: String) -> TestRecord {
        let person = person ?? number
        var record = TestRecord(
            key: Array("person-\(person)".utf8),
            value: Array(
                """
                {"id":"request-\(number)","reference":"REF-\(number)","creditor":{"cvr":"97281536"},\
                "deceased":{"cpr":"\(cpr(person))","dateOfDeath":"2026-09-14"},\(body)}
                """.utf8))
        record.partition = Int32(person)
        return record
    }

    /// Substitute numbers (60 added to the day) that mean nothing special to the simulator.
    private static func cpr(_ person: Int) -> String {
        let day = 61 + person % 28
        let month = 1 + person / 28 % 12
        let serial = 1000 + person / 336 % 2900
        return "\(day)\(month < 10 ? "0" : "")\(month)50\(serial)"
    }
}
