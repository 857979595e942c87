import JSON

extension AuditEvent {
    func write(to object: inout JSONWriter) {
        object.field("state", state.rawValue)
        object.field("run", run)
        object.field("by", by)
        object.field("at", at)
        object.field("note", note)
        object.field("category", category)
        object.field("reason", reason)
        object.field("fingerprint", fingerprint)
        object.field("count", count)
        if let target {
            object.object("target") { place in
                place.field("topic", target.topic)
                place.field("partition", Int64(target.partition))
                place.field("offset", target.offset)
            }
        }
        if !edits.isEmpty {
            object.array("edits") { list in for edit in edits { list.string(edit) } }
        }
    }

    init?(_ object: JSONValue) {
        guard let state = object["state"]?.string.flatMap({ State(rawValue: $0) }), let run = object["run"]?.string
        else { return nil }
        var target: Target?
        if let place = object["target"], let topic = place["topic"]?.string,
            let partition = place["partition"]?.integer, let offset = place["offset"]?.integer
        {
            target = Target(topic: topic, partition: Int32(clamping: partition), offset: offset)
        }
        self.init(
            state: state, run: run, by: object["by"]?.string ?? "", at: object["at"]?.string ?? "",
            note: object["note"]?.string, category: object["category"]?.string ?? "",
            reason: object["reason"]?.string ?? "", fingerprint: object["fingerprint"]?.string ?? "",
            count: object["count"]?.integer.map { Int(clamping: $0) }, target: target,
            edits: (object["edits"]?.elements ?? []).compactMap(\.string))
    }
}
