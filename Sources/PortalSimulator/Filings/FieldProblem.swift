/// One element of `felter` in an answer of 422.
struct FieldProblem: Sendable {
    let field: String
    let message: String
}
