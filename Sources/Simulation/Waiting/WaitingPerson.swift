import Engine
import Estates

/// Somebody who waits in the study: when they died, what is known of it, and when their estate appears.
struct WaitingPerson {
    static let day: Int64 = 86_400_000
    /// 2026-01-05T00:00:00Z, a Monday: the zero of the study's time.
    static let start: Int64 = 1_767_571_200_000

    let number: Int
    /// The day of the death in the study's time: none is later than the first.
    let died: Int64
    /// What is said of the day; nil when nobody knows it.
    let diedOn: CalendarDate?
    /// When the news of the death comes.
    let arrivesAt: Int64
    /// `.max` when the court opens no estate.
    let appearsAt: Int64
    let requests: Int

    /// Somebody who died in the three weeks before the study, of whom everybody hears in its first hour.
    init(_ number: Int, _ random: inout SimulationRandom) {
        self.number = number
        died = -random.number(0...20)
        arrivesAt = random.number(0...3_599_999)
        requests = random.chance(700) ? 1 : 2
        let day = CalendarDate(dayNumber: Int(WaitingPerson.start / WaitingPerson.day + died))
        switch random.index(20) {
        case 0..<13: diedOn = day
        // The month is known.
        case 13..<17: diedOn = day.flatMap { CalendarDate.latest(String($0.description.prefix(7))) }
        default: diedOn = nil
        }
        appearsAt = WaitingPerson.appearance(died: died, heard: arrivesAt, &random)
    }

    /// Few at first, most from three to eight weeks after the death, few after that; in the courts' hours.
    private static func appearance(died: Int64, heard: Int64, _ random: inout SimulationRandom) -> Int64 {
        var days: Int64
        switch random.index(100) {
        case 0..<4: days = random.number(1...20)
        // Around the middle of the five weeks.
        case 4..<82: days = 21 + (random.number(0...34) + random.number(0...34)) / 2
        case 82..<97: days = random.number(56...150)
        default: return .max
        }
        days += died
        // No news comes of somebody whose estate is there already: those do not wait.
        if days < 0 { days = random.number(1...14) }
        if days % 7 >= 5 { days += 2 }
        return max(heard, days * day + random.number((7 * 3_600_000)...(15 * 3_600_000)))
    }

    /// Weeks since the death.
    func week(at now: Int64) -> Int { Int((now / WaitingPerson.day - died) / 7) }

    /// A substitute number of their own.
    var deceased: Deceased {
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let serial = String(10_000 + number / 33_600).dropFirst()
        let text = two(61 + number % 28) + two(1 + number / 28 % 12) + two(number / 336 % 100) + serial
        guard let cpr = CPRNumber(text) else { preconditionFailure("\(text) is a substitute number") }
        return .cpr(cpr)
    }

    /// What comes in about them; each person has three places in the topic.
    func records(in partition: Int32) -> [PendingRecord] {
        let deceased = deceased
        func record(_ topic: InputTopic, _ offset: Int) -> OriginalRecord {
            OriginalRecord(
                source: Source(topic: topic, partition: partition, offset: Int64(offset)), timestamp: 0,
                key: Array("person-\(number)".utf8), value: nil, headers: [])
        }
        var records = [
            PendingRecord(
                record: record(.deathNotifications, number),
                parsed: .notification(
                    DeathNotification(id: "n\(number)", deceased: deceased, diedOn: diedOn, isWithdrawn: false)))
        ]
        for place in 0..<requests {
            let filing = 2 * number + place
            records.append(
                PendingRecord(
                    record: record(.claimRequests, filing),
                    parsed: .request(
                        ClaimRequest(
                            id: "r\(filing)", action: .submit, identity: WaitingPerson.identity(filing),
                            deceased: deceased, diedOn: diedOn,
                            contents: FilingContents(body: .receivable(amount: Money(oere: Int64(filing)))),
                            digest: ContentsDigest(high: 0, low: UInt64(filing))))))
        }
        return records
    }

    static func identity(_ filing: Int) -> FilingIdentity {
        guard let cvr = CVRNumber("97281536") else { preconditionFailure("eight digits are a number") }
        return FilingIdentity(creditor: Creditor(cvr: cvr), kind: .receivable, reference: String(filing))
    }
}
