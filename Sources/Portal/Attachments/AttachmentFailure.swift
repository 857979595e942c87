import Estates

/// Why an attachment cannot be sent. The detail quotes no name, path or contents.
public struct AttachmentFailure: Error, Hashable, Sendable {
    public let problem: AttachmentProblem
    public let detail: String

    init(_ problem: AttachmentProblem, _ detail: String) {
        self.problem = problem
        self.detail = detail
    }
}
