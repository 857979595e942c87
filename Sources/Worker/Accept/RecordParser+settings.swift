import Portal

extension RecordParser {
    /// As a worker with these settings reads.
    init(_ settings: WorkerSettings) {
        self.init(
            isProduction: settings.portal.environment == .production,
            largestAttachment: settings.portal.largestAttachment)
    }
}
