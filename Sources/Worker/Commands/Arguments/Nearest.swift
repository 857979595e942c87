/// For "did you mean".
enum Nearest {
    /// The one of the names that takes the fewest changes.
    static func name(to word: String, in names: [String]) -> String {
        names.min { EditDistance.between($0, word) < EditDistance.between($1, word) } ?? ""
    }
}
