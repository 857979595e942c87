import Estates
import Portal

/// The checks that concern the portal.
struct PortalChecks {
    /// 1 January 1901 with 60 added to the day, and a serial that the simulator has no estate for.
    static let nobody = "610101-0000"

    let settings: PortalSettings
    /// Whom to search for in production, where a substitute number is refused.
    let searchCPR: CPRNumber?

    func results() -> [CheckResult] {
        do throws(PortalSetupError) {
            let probe = try PortalProbe(settings)
            return [environment, certificate, token(probe), search(probe)]
        } catch {
            return [environment]
                + error.problems.map {
                    CheckResult("certificate", .failed, "\($0.setting): \($0.problem)", remedy: $0.remedy)
                }
        }
    }

    private var environment: CheckResult {
        CheckResult("environment", .ok, "\(settings.environment.rawValue) at \(settings.url)")
    }

    private var certificate: CheckResult {
        guard let file = settings.certificateFile else {
            return CheckResult("certificate", .skipped, "none is set, and \(settings.environment.rawValue) needs none")
        }
        return CheckResult("certificate", .ok, "\(file) and its key can be read and belong together")
    }

    private func token(_ probe: PortalProbe) -> CheckResult {
        switch probe.token() {
        case .success(0): CheckResult("token", .skipped, "portal.token.auth=none asks for none")
        case .success(let seconds):
            CheckResult("token", .ok, "granted by \(settings.tokenURL ?? ""), good for \(seconds) s")
        case .failure(let failure):
            CheckResult(
                "token", .failed, PortalChecks.text(failure), expected: "a token from \(settings.tokenURL ?? "")",
                remedy: PortalChecks.remedy(failure))
        }
    }

    private func search(_ probe: PortalProbe) -> CheckResult {
        guard let cpr = searchCPR ?? (settings.environment == .production ? nil : CPRNumber(PortalChecks.nobody)) else {
            return CheckResult(
                "search", .skipped, "in production a substitute CPR number may not be searched for",
                remedy: "give the number of a person whose estate you may see: --search-cpr DDMMYYNNNN")
        }
        switch probe.search(cpr) {
        case .success(.estates(let estates)):
            return CheckResult("search", .ok, "the portal answered with \(estates.count) estates")
        case .success(.filings), .success(.receipt):
            return CheckResult("search", .failed, "the portal answered something else than estates")
        case .failure(let failure):
            return CheckResult(
                "search", .failed, PortalChecks.text(failure), expected: "a list of estates from \(settings.url)",
                remedy: PortalChecks.remedy(failure))
        }
    }

    static func text(_ failure: PortalFailure) -> String {
        let status = failure.status.map { "status \($0)" }
        let detail = failure.detail.isEmpty ? nil : failure.detail
        return [status, detail].compactMap(\.self).joined(separator: ", ").nonEmpty ?? "\(failure.cause)"
    }

    static func remedy(_ failure: PortalFailure) -> String {
        switch failure.cause {
        case .nameNotResolved, .connectionRefused, .connectTimedOut, .timedOut, .connectionLost, .notStarted:
            "see that the address is right and may be reached from here (DNS, firewall, proxy)"
        case .clientCertificateUnusable, .clientCertificateRefused:
            "see that the certificate is the one that is registered, and has not expired or been revoked"
        case .serverCertificateRefused, .tlsFailed:
            "set portal.ca.file to the issuers of the portal's certificate, or see who answers there instead"
        case .status(401, _), .status(403, _):
            "see that the certificate and portal.client.id are registered for this environment"
        case .status: "see the portal's own state, and try again"
        case .redirected, .unexpectedBody, .bodyTooLarge:
            "see that portal.url and portal.token.url name the API, and no page for people"
        }
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
