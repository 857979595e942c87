/// Rides along with a record as its opaque pointer, until the delivery report.
final class AwaitedDelivery: Sendable {
    let delivered: Producer.Delivery
    init(_ delivered: @escaping Producer.Delivery) { self.delivered = delivered }
}
