/// When the last calls came in, for whoever wants to see how they are spread.
struct ArrivalLog: Sendable {
    private static let capacity = 65_536

    private struct Arrival: Sendable {
        let milliseconds: Int64
        let call: Call
    }

    private var arrivals: [Arrival] = []
    private var oldest = 0

    mutating func note(_ call: Call, at milliseconds: Int64) {
        let arrival = Arrival(milliseconds: milliseconds, call: call)
        if arrivals.count < Self.capacity {
            arrivals.append(arrival)
        } else {
            arrivals[oldest] = arrival
            oldest = (oldest + 1) % Self.capacity
        }
    }

    /// One a line, oldest first: milliseconds since 1970, a blank, and the call's name.
    func lines(since: Int64) -> [UInt8] {
        var text = ""
        for arrival in arrivals[oldest...] + arrivals[..<oldest] where arrival.milliseconds >= since {
            text += "\(arrival.milliseconds) \(arrival.call.rawValue)\n"
        }
        return Array(text.utf8)
    }
}
