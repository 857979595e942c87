import Estates
import EventLoop

/// Taking replaced credentials into use.
extension PortalClient {
    /// What is in use now, and what became of the last replacement.
    public var certificateStatus: CertificateStatus { watch.status }

    /// New requests go out with the new credentials on connections of their own; those under way end where they are, and then
    /// the old connections are closed. The old token is forgotten: it may be bound to the old certificate (RFC 8705 § 3).
    func use(_ bundle: CredentialBundle) {
        let old = transport
        transport = PortalClient.makeTransport(settings, bundle, loop)
        if let tokens {
            retiredStatistics.tokenRequests += tokens.requests
            retiredStatistics.tokenFailures += tokens.failures
            tokens.stop()
            makeTokenSource(bundle)
            if !waiting.isEmpty || !tokenChecks.isEmpty { self.tokens?.fetch() }
        }
        retired.append(old)
        old.onIdle = { [unowned self] in closeRetired() }
        closeRetired()
        onCredentialsReplaced?()
    }

    /// In a turn of its own: a transport may be in the middle of telling that it is idle.
    private func closeRetired() {
        doLater { [unowned self] in
            let idle = retired.filter(\.transfers.isEmpty)
            retired.removeAll { $0.transfers.isEmpty }
            for transport in idle {
                retiredStatistics.connectionsOpened += transport.connectionsOpened
                transport.close()
            }
        }
    }

    static func makeTransport(_ settings: PortalSettings, _ bundle: CredentialBundle, _ loop: EventLoop) -> Transport {
        let setup = TransferSetup(
            connectTimeout: settings.connectTimeout, maximumBodySize: settings.maximumBodySize,
            allowsPlainHTTP: settings.environment == .simulator, bundle: bundle)
        return Transport(setup: setup, maximumInFlight: settings.maximumInFlight, loop: loop)
    }

    func makeTokenSource(_ bundle: CredentialBundle) {
        tokens = TokenSource(
            settings: settings, credentials: bundle.credentials, transport: transport,
            clock: tokens?.clock ?? ServerClock(log: log))
        tokens?.onResult = { [unowned self] result in tokenArrived(result) }
    }
}
