/// How the portal's API looks on the wire: paths, names and statuses.
///
/// Provisional: our model, see openapi/portal.yaml. Only the two search calls, their parameters and the shape of their
/// success are public. When the integration guide is at hand, this folder and that file are what changes.
enum Wire {
    static let estates = "doedsbojournaler"
    static let idempotencyKey = "Idempotency-Key"
    static let totalCount: StaticString = "X-Total-Count"

    /// What an answer lacks, by field name and never with a value.
    struct Problem: Error {
        let detail: String
    }
}
