import Estates
import EventLoop
import Glibc

/// Goes the way to the portal step by step and says where it ends. The steps over the network are those of real calls, so
/// what passes here works, and what fails fails for the reason that is given.
///
/// Belongs to the loop's thread; to be kept until `run` has completed.
public final class PortalDiagnosis {
    private let settings: PortalSettings
    private let loop: EventLoop
    private var client: PortalClient?
    private var timer: EventLoop.Timer?

    public init(settings: PortalSettings, loop: EventLoop) {
        self.settings = settings
        self.loop = loop
    }

    deinit {
        client?.shutDown()
        if let timer { loop.discard(timer) }
    }

    /// The checks of settings and files. Nothing is connected to.
    ///
    /// - Parameter now: seconds since 1970.
    public static func offline(_ settings: PortalSettings, now: Int64 = Int64(time(nil))) -> [PortalFinding] {
        var problems: [PortalSetupError.Problem] = []
        settings.check(problems: &problems)
        let report = CredentialReport.read(settings, now: now)
        return credentialFindings(settings, report, now: now) + [environmentFinding(settings, problems)]
    }

    /// All checks.
    ///
    /// - Parameters:
    ///   - search: a `.search` to end with; nil to leave that out. A fictitious person's number must not be sent to production.
    ///   - completion: called once, from a turn of the loop, with a finding for each check in order.
    public func run(search: PortalCall?, completion: @escaping ([PortalFinding]) -> Void) {
        let before = PortalDiagnosis.offline(settings)
        do throws(PortalSetupError) {
            // What it logs, the findings tell.
            client = try PortalClient(settings: settings, loop: loop) { _, _ in }
        } catch {
            let reason = "the settings and files have to be right first"
            let findings = before + PortalDiagnosis.way.map { PortalFinding($0, .skipped, found: reason) }
            timer = loop.makeTimer { completion(findings) }
            timer?.deadline = 0
            return
        }
        client?.checkToken { [unowned self] result in
            switch result {
            case .failure(let failure):
                completion(before + way(to: settings.tokenURL, token: nil, failed: failure, isSearch: false))
            case .success(let seconds):
                guard let search else {
                    completion(before + way(to: settings.tokenURL, token: seconds, failed: nil, isSearch: false))
                    return
                }
                self.search(search) { [unowned self] failure in
                    completion(before + way(to: settings.url, token: seconds, failed: failure, isSearch: true))
                }
            }
        }
    }

    private func search(_ call: PortalCall, completion: @escaping (PortalFailure?) -> Void) {
        _ = client?.start(call, deadline: .max) { result in
            if case .failure(let failure) = result { completion(failure) } else { completion(nil) }
        }
    }

    private static let way: [PortalFinding.Check] = [
        .name, .connection, .serverCertificate, .clientCertificate, .token, .search,
    ]

    /// - Parameters:
    ///   - url: of the last request that was made.
    ///   - token: the seconds that it is good for; nil when none came.
    private func way(to url: String?, token: Int64?, failed failure: PortalFailure?, isSearch: Bool) -> [PortalFinding]
    {
        let address = url.flatMap { WebAddress($0) }
        let failed = failure?.finding(settings, at: url ?? "")
        let end = failed.flatMap { PortalDiagnosis.way.firstIndex(of: $0.check) } ?? PortalDiagnosis.way.endIndex
        return PortalDiagnosis.way.enumerated().map { index, check in
            if let failed, failed.check == check { return failed }
            if check == .token { return tokenFinding(token) }
            if index > end {
                return PortalFinding(check, .skipped, found: "\(PortalDiagnosis.way[end].rawValue) failed")
            }
            return passed(check, address, isSearch: isSearch)
        }
    }

    private func tokenFinding(_ seconds: Int64?) -> PortalFinding {
        if settings.tokenAuthentication == .none {
            return PortalFinding(.token, .skipped, found: "portal.token.auth=none")
        }
        return seconds.map { PortalFinding(.token, .passed, found: "a token that is good for \($0) s") }
            ?? PortalFinding(.token, .skipped, found: "no token could be asked for")
    }

    private func passed(_ check: PortalFinding.Check, _ address: WebAddress?, isSearch: Bool) -> PortalFinding {
        // Without a token and a search there was no request.
        guard let address, isSearch || settings.tokenAuthentication != .none else {
            return PortalFinding(check, .skipped, found: "nothing was asked for")
        }
        switch check {
        case .search:
            return isSearch
                ? PortalFinding(check, .passed, found: "the portal answered a search")
                : PortalFinding(check, .skipped, found: "not asked for")
        case .serverCertificate, .clientCertificate:
            if address.scheme == "http" { return PortalFinding(check, .skipped, found: "\(address.host) has no TLS") }
            if check == .clientCertificate, settings.certificateFile == nil {
                return PortalFinding(check, .skipped, found: "\(address.host) asks for none")
            }
            return PortalFinding(check, .passed, found: address.host)
        default: return PortalFinding(check, .passed, found: address.host)
        }
    }
}
