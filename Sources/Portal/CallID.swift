/// Names a call that was started, for its cancellation.
public struct CallID: Hashable, Sendable {
    let number: UInt64
}
