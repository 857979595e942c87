/// How answers are written: `cloudevents.mode`.
public enum CloudEventsMode: String, CaseIterable, Sendable {
    /// Plain JSON.
    case none
    /// CloudEvents 1.0 with attributes in headers; the value is the same plain JSON.
    case binary
    /// CloudEvents 1.0 in a JSON envelope.
    case structured
}
