import Engine
import Estates
import JSON

/// What a run of `proklama erase` has to tell.
struct EraseReport {
    enum State: String {
        case unknown, refused, declined, queued, erased
        case dryRun = "dry-run"

        var status: ExitStatus {
            switch self {
            case .erased, .dryRun: .done
            case .unknown, .refused, .declined, .queued: .foundWrong
            }
        }
    }

    /// Where an order stands in the claim requests.
    struct Place: Hashable, Sendable {
        let partition: Int32
        let offset: Int64
    }

    private let plan: ErasePlan
    let mark: String
    /// The order's own name.
    var id: String?
    var orders: [Place] = []
    var answers: [Place: Erasure] = [:]

    init(_ plan: ErasePlan, mark: String) {
        self.plan = plan
        self.mark = mark
    }

    var filingsText: String {
        let filings = plan.person.filings
        return "\(filings) filing\(filings == 1 ? "" : "s") of theirs"
    }

    /// Filings that workers have forgotten.
    var erased: Int {
        answers.values.reduce(0) { sum, answer in
            if case .erased(let filings) = answer.result { sum + filings } else { sum }
        }
    }

    /// What workers have found in the way.
    var unfinished: UnfinishedWork {
        answers.values.reduce(into: UnfinishedWork()) { sum, answer in
            if case .refused(let unfinished) = answer.result { sum.add(unfinished) }
        }
    }

    /// A line for each erasure that may have been of this person.
    var earlier: [String] {
        plan.person.earlier.compactMap { erasure in
            guard case .erased(let filings) = erasure.result, filings > 0 else { return nil }
            return
                "an order of \(erasure.at), \(erasure.order.id), has erased \(filings) filing\(filings == 1 ? "" : "s") of somebody "
                + "with the mark \(mark), which this key has too"
        }
    }

    func json(_ state: State) -> String {
        let found = answers.isEmpty ? plan.person.unfinished : unfinished
        let bytes = JSONWriter.object { root in
            root.field("state", state.rawValue)
            root.field("person", mark)
            root.field("filings", answers.isEmpty ? plan.person.filings : erased)
            root.field("requests", found.requests)
            root.field("notifications", found.notifications)
            root.field("inDoubt", found.inDoubt)
            root.field("openDeadLetters", plan.openLetters)
            root.field("order", id)
            root.array("orders") { list in
                for order in orders {
                    list.object { object in
                        object.field("partition", Int64(order.partition))
                        object.field("offset", order.offset)
                        object.field("at", answers[order]?.at.description)
                    }
                }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
