import JSON

/// What one check of `proklama check` found.
struct CheckResult: Sendable, Equatable {
    enum Verdict: String, Sendable {
        case ok, warning, failed, skipped
    }

    let check: String
    let verdict: Verdict
    /// What is there.
    let found: String
    /// What should be there; nil when all is well.
    let expected: String?
    /// What to do about it; nil when there is nothing to do.
    let remedy: String?

    init(_ check: String, _ verdict: Verdict, _ found: String, expected: String? = nil, remedy: String? = nil) {
        self.check = check
        self.verdict = verdict
        self.found = found
        self.expected = expected
        self.remedy = remedy
    }

    /// For people.
    var line: String {
        let mark = verdict.rawValue.padded(to: 9) + check.padded(to: 22)
        return mark
            + [found, expected.map { "expected: \($0)" }, remedy.map { "remedy: \($0)" }].compactMap(\.self)
            .joined(separator: "; ").replacing("\n", with: " ")
    }

    /// For programs.
    var json: String {
        let bytes = JSONWriter.object { root in
            root.field("check", check)
            root.field("verdict", verdict.rawValue)
            root.field("found", found)
            root.field("expected", expected)
            root.field("remedy", remedy)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension String {
    /// With blanks behind it.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
