import JSON

extension ReplayReport {
    /// For programs; docs/dead-letters.md describes it.
    func json(_ action: LetterAction, _ plan: ReplayPlan, _ run: RunIdentity) -> String {
        let bytes = JSONWriter.object { root in
            root.field("type", "result")
            root.field("action", action.imperative)
            root.field("run", run.id)
            root.field("end", end.rawValue)
            root.field("planned", plan.planned)
            root.field("done", done)
            root.field("doneByOthers", doneByOthers)
            root.field("refused", refused)
            root.field("left", left(of: plan))
            if end == .lockLost { root.field("lostTo", lostTo?.run) }
            root.array("refusals") { list in
                for refusal in refusals {
                    list.object { object in
                        object.field("partition", Int64(refusal.place.partition))
                        object.field("offset", refusal.place.offset)
                        object.field("reason", refusal.reason)
                    }
                }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    func left(of plan: ReplayPlan) -> Int { max(0, plan.planned - done - doneByOthers - refused) }
}
