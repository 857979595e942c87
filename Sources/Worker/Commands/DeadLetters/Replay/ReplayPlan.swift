/// Which letters will be dealt with, and which not and why, before anything is written.
struct ReplayPlan {
    /// Of one category and reason.
    struct Row {
        var planned = 0
        /// Dealt with already, and `--again` was not given.
        var skipped = 0
        var refused = 0
    }

    /// Has the letters that will be dealt with, and no others.
    private(set) var book: LetterBook
    private(set) var rows: [LetterKind: Row] = [:]
    private(set) var refusals: [ReplayObstacle: Int] = [:]
    private(set) var planned = 0
    private(set) var skipped = 0
    /// From the first to the last of each partition.
    private(set) var ranges: [Int32: ClosedRange<Int64>] = [:]

    /// - Parameters:
    ///   - again: also those that were dealt with already.
    ///   - limit: only so many, the oldest.
    init(_ survey: LetterBook, _ filter: LetterFilter, again: Bool, limit: Int?) {
        book = survey
        var wanted: [(timestamp: Int64, place: LetterPlace)] = []
        survey.visit { place, note in
            let kind = survey.kinds[Int(note.kind)].withoutFingerprint
            guard filter.takes(note.status) else { return book.drop(place) }
            if note.status != .open, !again {
                rows[kind, default: Row()].skipped += 1
                skipped += 1
                book.drop(place)
            } else if let obstacle = note.obstacle {
                rows[kind, default: Row()].refused += 1
                refusals[obstacle, default: 0] += 1
                book.drop(place)
            } else {
                rows[kind, default: Row()].planned += 1
                wanted.append((note.timestamp, place))
            }
        }
        if let limit, limit < wanted.count {
            wanted.sort { ($0.timestamp, $0.place) < ($1.timestamp, $1.place) }
            for (_, place) in wanted[limit...] {
                rows[survey.kinds[Int(survey[place].kind)].withoutFingerprint]?.planned -= 1
                book.drop(place)
            }
            wanted.removeSubrange(limit...)
        }
        planned = wanted.count
        for (_, place) in wanted {
            let known = ranges[place.partition] ?? place.offset...place.offset
            ranges[place.partition] = min(known.lowerBound, place.offset)...max(known.upperBound, place.offset)
        }
    }

    var sortedRows: [(key: LetterKind, value: Row)] {
        rows.sorted { ($0.key.category, $0.key.reason) < ($1.key.category, $1.key.reason) }
    }

    var refused: Int { refusals.values.reduce(0, +) }

    /// For people.
    func lines(_ action: LetterAction) -> [String] {
        let head = ["CATEGORY", "REASON", action.imperative.uppercased(), "DONE BEFORE", "REFUSED"]
        let body = sortedRows.map { kind, row in
            [kind.category, kind.reason, String(row.planned), String(row.skipped), String(row.refused)]
                .map(PersonalData.printable)
        }
        var lines = TextTable.aligned([head] + body)
        for obstacle in ReplayObstacle.allCases {
            if let count = refusals[obstacle] { lines.append("refused: \(count) \(obstacle.explanation)") }
        }
        return lines
    }
}
