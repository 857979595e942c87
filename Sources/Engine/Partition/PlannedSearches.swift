import Estates

/// When those who wait for their estate are to be sought next, as a ledger says that is being restored.
struct PlannedSearches {
    private(set) var persons: [Deceased] = []
    private var latest: [Deceased: Timestamp] = [:]

    /// Of the plans for one person the latest counts: a search answers all who wait, and only one of them is told to the
    /// ledger each time.
    mutating func add(_ deceased: Deceased, at time: Timestamp) {
        if let known = latest[deceased] {
            latest[deceased] = max(known, time)
        } else {
            persons.append(deceased)
            latest[deceased] = time
        }
    }

    subscript(deceased: Deceased) -> Timestamp? { latest[deceased] }
}

extension Partition {
    /// Joins those who wait for the person. It is sought at once when nobody has said when, or when the search had failed
    /// and is due; when it had only been in vain, `schedule` decides.
    mutating func wait(
        _ named: Deceased, for waiter: Person.Waiter, until nextAt: Timestamp?, isFailing: Bool,
        _ planned: inout PlannedSearches, _ shared: inout Shared
    ) {
        let deceased = current(named)
        guard let nextAt else { return seek(deceased, for: waiter, &shared) }
        guard isFailing else {
            join(waiter, deceased)
            planned.add(deceased, at: nextAt)
            return
        }
        let at = shared.monotonic(at: nextAt)
        guard at > shared.now.monotonic else { return seek(deceased, for: waiter, &shared) }
        join(waiter, deceased)
        switch persons[deceased]?.search {
        case .queued, .underWay, nil:
            break
        case .scheduled(let other) where other <= at:
            break
        case .idle, .scheduled:
            schedule(deceased, at: at, &shared)
        }
    }

    private mutating func join(_ waiter: Person.Waiter, _ deceased: Deceased) {
        var person = persons[deceased] ?? Person()
        person.waiters.append(waiter)
        noteDeadline(of: waiter, for: &person)
        persons[deceased] = person
    }

    /// Takes up the schedules of all who wait for their estate as they were. What seems overdue, because nobody was there
    /// or because the ledger was not told of the latest plan, is spread: over no longer than the wait that each of them
    /// has anyway, so that the portal sees no more searches than before, and the longest overdue first. So however many
    /// they are and however often somebody takes over, there is no wave.
    mutating func schedule(_ planned: PlannedSearches, _ shared: inout Shared) {
        var overdue: [Int64: [(plannedAt: Timestamp, deceased: Deceased)]] = [:]
        for deceased in planned.persons {
            guard let person = persons[deceased], person.search == .idle, let plannedAt = planned[deceased] else {
                continue
            }
            let at = shared.monotonic(at: plannedAt)
            if at > shared.now.monotonic {
                schedule(deceased, at: at, &shared)
            } else {
                let wait = shared.estateSchedule.longestWait(
                    misses: person.misses, age(of: person, shared), at: shared.now.wall)
                overdue[wait, default: []].append((plannedAt, deceased))
            }
        }
        for (wait, late) in overdue.sorted(by: { $0.key < $1.key }) {
            let step = min(shared.settings.overdueStep, wait / Int64(late.count))
            // The sort is stable only by the place, and the same ledger must always lead to the same run.
            let inOrder = late.enumerated().sorted {
                ($0.element.plannedAt, $0.offset) < ($1.element.plannedAt, $1.offset)
            }
            for (rank, person) in inOrder.enumerated() {
                let at = shared.now.monotonic + Int64(rank) * step + Int64.random(in: 0...step, using: &shared.random)
                shared.statistics.count(.searchSpread)
                schedule(person.element.deceased, at: at, &shared)
            }
        }
    }

    private mutating func schedule(_ deceased: Deceased, at: Int64, _ shared: inout Shared) {
        persons[deceased]?.search = .scheduled(at: at)
        shared.timers.add(alarm(.person(deceased), at: at))
    }
}
