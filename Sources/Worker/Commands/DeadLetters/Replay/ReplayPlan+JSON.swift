import JSON

extension ReplayPlan {
    /// For programs; docs/dead-letters.md describes it.
    func json(_ action: LetterAction, isDryRun: Bool) -> String {
        let bytes = JSONWriter.object { root in
            root.field("type", "plan")
            root.field("action", action.imperative)
            root.field("dryRun", isDryRun)
            root.field("planned", planned)
            root.field("doneBefore", skipped)
            root.field("refused", refused)
            root.array("reasons") { list in
                for (kind, row) in sortedRows {
                    list.object { object in
                        object.field("category", kind.category)
                        object.field("reason", kind.reason)
                        object.field("planned", row.planned)
                        object.field("doneBefore", row.skipped)
                        object.field("refused", row.refused)
                    }
                }
            }
            root.array("refusals") { list in
                for obstacle in ReplayObstacle.allCases {
                    guard let count = refusals[obstacle] else { continue }
                    list.object { object in
                        object.field("code", obstacle.rawValue)
                        object.field("count", count)
                    }
                }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
