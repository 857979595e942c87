/// Writes metrics, one family after the other, each with its help and type.
struct MetricsText {
    typealias Labels = KeyValuePairs<String, String>

    private let format: MetricsFormat
    private(set) var text = ""

    init(_ format: MetricsFormat) { self.format = format }

    /// A family of values that go up and down. Samples are added in the body.
    mutating func gauges(_ name: String, _ help: String, _ body: (inout Samples) -> Void) {
        family(name, name, "gauge", help, body)
    }

    /// A family of counts that only rise; `name` without `_total`.
    mutating func counters(_ name: String, _ help: String, _ body: (inout Samples) -> Void) {
        switch format {
        case .prometheus: family("\(name)_total", "\(name)_total", "counter", help, body)
        case .openMetrics: family(name, "\(name)_total", "counter", help, body)
        }
    }

    /// A constant that describes the program; `name` without `_info`.
    mutating func info(_ name: String, _ help: String, _ labels: Labels) {
        switch format {
        case .prometheus: family("\(name)_info", "\(name)_info", "gauge", help) { $0.add(labels, 1) }
        case .openMetrics: family(name, "\(name)_info", "info", help) { $0.add(labels, 1) }
        }
    }

    /// A family of distributions.
    mutating func histograms(_ name: String, _ help: String, _ body: (inout Samples) -> Void) {
        family(name, name, "histogram", help, body)
    }

    /// All that was written, closed.
    consuming func finished() -> [UInt8] {
        switch format {
        case .prometheus: break
        case .openMetrics: text += "# EOF\n"
        }
        return Array(text.utf8)
    }

    private mutating func family(
        _ name: String, _ sampleName: String, _ type: String, _ help: String, _ body: (inout Samples) -> Void
    ) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
        var samples = Samples(name: sampleName)
        body(&samples)
        text += samples.text
    }

    /// The samples of one family.
    struct Samples {
        private let name: String
        fileprivate(set) var text = ""

        fileprivate init(name: String) { self.name = name }

        mutating func add(_ value: Int) { line(name, [:], String(value)) }

        mutating func add(_ labels: Labels, _ value: Int) { line(name, labels, String(value)) }

        mutating func add(seconds: Double) { line(name, [:], "\(seconds)") }

        /// - Parameter buckets: counts of each bucket alone; the last one has no upper bound.
        mutating func add(_ labels: Labels = [:], bounds: [Double], buckets: [Int], sum: Double) {
            var count = 0
            for (index, bucket) in buckets.enumerated() {
                count += bucket
                let bound = index < bounds.count ? "\(bounds[index])" : "+Inf"
                line("\(name)_bucket", labels, String(count), bound: bound)
            }
            line("\(name)_sum", labels, "\(sum)")
            line("\(name)_count", labels, String(count))
        }

        private mutating func line(_ name: String, _ labels: Labels, _ value: String, bound: String? = nil) {
            var parts = labels.map { "\($0.key)=\"\(Samples.escape($0.value))\"" }
            if let bound { parts.append("le=\"\(bound)\"") }
            text += parts.isEmpty ? "\(name) \(value)\n" : "\(name){\(parts.joined(separator: ","))} \(value)\n"
        }

        private static func escape(_ value: String) -> String {
            guard value.contains(where: { $0 == "\\" || $0 == "\"" || $0 == "\n" }) else { return value }
            return value.reduce(into: "") { text, character in
                switch character {
                case "\\": text += "\\\\"
                case "\"": text += "\\\""
                case "\n": text += "\\n"
                default: text.append(character)
                }
            }
        }
    }
}
