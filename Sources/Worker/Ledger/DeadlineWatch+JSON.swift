import Engine
import Estates
import JSON

extension JSONWriter {
    mutating func deadline(_ name: StaticString, _ watch: DeadlineWatch?) {
        guard let watch else { return }
        object(name) { object in
            object.field("notice", watch.notice.description)
            object.field("warned", watch.warned?.label)
        }
    }
}

extension JSONValue {
    /// Nil when there is none.
    func deadline(_ name: StaticString) throws(LedgerProblem) -> DeadlineWatch? {
        guard let object = self[name] else { return nil }
        guard let notice = object["notice"]?.string.flatMap({ CalendarDate($0) }),
            var watch = DeadlineWatch(notice: notice)
        else { throw LedgerProblem("\(name)") }
        // A mark of a newer version counts as none: one warning too many is better than one too few.
        watch.warned = object["warned"]?.string.flatMap(DeadlineWarning.init(label:))
        return watch
    }
}
