import Estates

/// A CPR number has taken the place of another, for as long as the notification that says so has no answer, and then for
/// as long as anybody who is in the ledger still names the former one.
struct Renumbering {
    let current: Deceased
    /// The notification's offset in death-notifications.
    let offset: Int64
    /// Under whose key the notification came.
    let person: PersonKey
    /// Pending requests and notifications that are about another number for it.
    var users = 0
    /// Whether the notification has its answer. Its contents and an entry stay in the ledger for the users' sake.
    var isAnswered = false
}

/// Corrections: somebody has another number than was thought.
///
/// Who waits is moved to the present number at once. But a request may stand behind others, or lose its estate again, and
/// seek the person long after the notification was answered: so what it said is known until none is left who needs it.
extension Partition {
    /// Those who wait for the person's former number wait for the present one from now on.
    mutating func renumber(_ notification: DeathNotification, in record: OriginalRecord, _ shared: inout Shared) {
        guard let previous = notification.previous.map({ Deceased.cpr($0) }), learn(notification, in: record) else {
            return
        }
        countUsers()
        guard let person = persons.removeValue(forKey: previous) else { return }
        shared.statistics.count(.personRenumbered)
        for waiter in person.waiters { seek(notification.deceased, for: waiter, &shared) }
    }

    /// Before anybody waits: the notifications that the ledger has say which numbers were changed.
    mutating func restoreRenumberings(_ restored: RestoredPartition) {
        let answered = Set(restored.notifications.filter(\.isAnswered).map(\.offset))
        var named: [Deceased] = []
        for (source, pending) in restored.requests.sorted(by: { $0.key.offset < $1.key.offset }) {
            switch pending.parsed {
            case .request(let request): named.append(request.deceased)
            case .notification(let notification):
                let isAnswered = answered.contains(source.offset)
                if !isAnswered { named.append(notification.deceased) }
                let isNews = learn(notification, in: pending.record)
                if isAnswered, isNews, let previous = notification.previous.map({ Deceased.cpr($0) }) {
                    renumberings[previous]?.isAnswered = true
                } else if isAnswered {
                    forgetAnswered(source.offset)
                }
            case .erasure, .rejected: break
            }
        }
        for deceased in named { use(deceased) }
        forgetUnused()
    }

    /// The notification has its answer.
    ///
    /// - Returns: whether its record must stay in the ledger.
    mutating func isStillNeeded(_ notification: DeathNotification, by offset: Int64) -> Bool {
        guard let previous = notification.previous.map({ Deceased.cpr($0) }),
            let renumbering = renumberings[previous], renumbering.offset == offset
        else { return false }
        if renumbering.users > 0 {
            renumberings[previous]?.isAnswered = true
            return true
        }
        renumberings[previous] = nil
        return false
    }

    /// Somebody is in the ledger from now on who names the person so.
    mutating func use(_ deceased: Deceased) {
        var named = deceased
        while let next = renumberings[named]?.current {
            renumberings[named]?.users += 1
            named = next
        }
    }

    /// Somebody who named the person so has their answer.
    mutating func release(_ deceased: Deceased) {
        guard renumberings[deceased] != nil else { return }
        var named = deceased
        while let next = renumberings[named]?.current {
            renumberings[named]?.users -= 1
            named = next
        }
        forgetUnused()
    }

    /// The person under the number that they have now. `learn` lets no circle come about.
    func current(_ deceased: Deceased) -> Deceased {
        var current = deceased
        while let next = renumberings[current] { current = next.current }
        return current
    }

    /// - Returns: whether there is news in it. A number that would come back to itself is none.
    private mutating func learn(_ notification: DeathNotification, in record: OriginalRecord) -> Bool {
        guard let previous = notification.previous.map({ Deceased.cpr($0) }), !notification.isWithdrawn,
            previous != notification.deceased
        else { return false }
        // That the number which is the present one now was once replaced is over.
        if let earlier = renumberings[notification.deceased], earlier.isAnswered {
            renumberings[notification.deceased] = nil
            forgetAnswered(earlier.offset)
        }
        var later: Deceased? = notification.deceased
        while let number = later {
            if number == previous { return false }
            later = renumberings[number]?.current
        }
        if let earlier = renumberings[previous], earlier.isAnswered { forgetAnswered(earlier.offset) }
        renumberings[previous] = Renumbering(
            current: notification.deceased, offset: record.source.offset, person: record.person)
        return true
    }

    /// Looks through all that is pending, as a correction does.
    private mutating func countUsers() {
        for previous in renumberings.keys { renumberings[previous]?.users = 0 }
        for filing in filings.values {
            for pending in filing.requests.map({ $0 }) { use(pending.request.deceased) }
        }
        for pending in notifications.values { use(pending.notification.deceased) }
        forgetUnused()
    }

    private mutating func forgetUnused() {
        let unused = renumberings.filter { $0.value.isAnswered && $0.value.users == 0 }
        // Not in a hash table's order, which differs from process to process.
        for (previous, renumbering) in unused.sorted(by: { $0.value.offset < $1.value.offset }) {
            renumberings[previous] = nil
            forgetAnswered(renumbering.offset)
        }
    }

    private mutating func forgetAnswered(_ offset: Int64) {
        records.append(.forgetNotification(offset: offset))
        records.append(.forgetRequest(Source(topic: .deathNotifications, partition: number, offset: offset)))
    }
}
