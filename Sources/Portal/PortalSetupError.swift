/// Why a client cannot be made: every problem that was found, not only the first.
public struct PortalSetupError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One thing that is wrong.
    public struct Problem: Hashable, Sendable, CustomStringConvertible {
        /// The setting it is about, as users write it: `portal.key.file`.
        public let setting: String
        /// What is wrong, with the file's name where one is concerned, and never with its contents.
        public let problem: String
        /// What to do about it.
        public let remedy: String
        /// Set when it is about the certificate, its key, or how they fit the environment.
        public let credentialProblem: CredentialProblem?

        public var description: String { "\(setting): \(problem); \(remedy)" }

        init(_ setting: String, _ problem: String, remedy: String) {
            self.setting = setting
            self.problem = problem
            self.remedy = remedy
            credentialProblem = nil
        }

        init(_ problem: CredentialProblem) {
            setting = problem.setting
            self.problem = problem.what
            remedy = problem.remedy
            credentialProblem = problem
        }
    }

    public let problems: [Problem]

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
