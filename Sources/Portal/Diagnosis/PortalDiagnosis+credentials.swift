import Estates

/// The checks that need no network.
extension PortalDiagnosis {
    static func credentialFindings(
        _ settings: PortalSettings, _ report: CredentialReport, now: Int64
    ) -> [PortalFinding] {
        let checks: [PortalFinding.Check] = [.certificateReadable, .certificateClass, .validity, .key, .chain]
        return checks.map { check in
            if let problem = report.problems.first(where: { $0.check == check }) {
                return PortalFinding(
                    check, .failed, code: problem.code, found: problem.what, expected: expectation(check, settings),
                    remedy: "\(problem.setting): \(problem.remedy)")
            }
            guard settings.certificateFile != nil else {
                return PortalFinding(check, .skipped, found: "portal.certificate.file is not set")
            }
            guard let chain = report.chain else {
                return PortalFinding(check, .skipped, found: "there is no certificate to look at")
            }
            return passed(check, chain, now: now)
        }
    }

    private static func passed(
        _ check: PortalFinding.Check, _ chain: CertificateChain, now: Int64
    ) -> PortalFinding {
        let leaf = chain.leaf
        switch check {
        case .certificateReadable: return PortalFinding(check, .passed, found: "\(leaf.subject)")
        case .certificateClass:
            let cvr = leaf.cvr.map { ", CVR \($0)" } ?? ""
            return PortalFinding(
                check, .passed, found: "\(chain.certificateClass.rawValue), \(chain.generation.rawValue)\(cvr)")
        case .validity:
            let days = leaf.daysToExpiry(now: now)
            let until = "until \(Timestamp(milliseconds: leaf.notAfter * 1000)), \(days) days"
            return days < ExpiryNotice.warningDays
                ? PortalFinding(
                    check, .warning, code: "expires-soon", found: until,
                    expected: "at least \(ExpiryNotice.warningDays) days",
                    remedy: "order a new one in MitID Erhverv and replace the files; no restart is needed")
                : PortalFinding(check, .passed, found: until)
        case .key:
            return PortalFinding(
                check, .passed, found: "\(leaf.keyAlgorithm), \(leaf.keyBits) bits, fits the certificate")
        default: return PortalFinding(check, .passed, found: "\(chain.issuers.count) above ours; \(anchor(chain))")
        }
    }

    private static func anchor(_ chain: CertificateChain) -> String {
        switch chain.anchor {
        case .known(let name): "ends at the published authority \(name)"
        case .pinned(let name): "ends at the pinned authority \(name)"
        case .configured(let name): "ends at \(name) of portal.ca.file"
        case nil: "ends at no authority that is known, which only the simulator takes"
        }
    }

    private static func expectation(_ check: PortalFinding.Check, _ settings: PortalSettings) -> String {
        switch check {
        case .certificateReadable: "a VOCES certificate as PEM or PKCS#12"
        case .certificateClass:
            switch settings.environment {
            case .production: "a production certificate"
            case .test: "a test certificate"
            case .simulator: "any certificate but a production one"
            }
        case .validity: "a certificate that is valid now"
        case .key: "the RSA key of the certificate, readable with the password"
        default: "every issuer up to a published, pinned or configured authority"
        }
    }

    static func environmentFinding(
        _ settings: PortalSettings, _ problems: [PortalSetupError.Problem]
    ) -> PortalFinding {
        // The missing certificate has a check of its own only when there should be one.
        guard !problems.isEmpty else {
            return PortalFinding(.environment, .passed, found: "\(settings.environment.rawValue) at \(settings.url)")
        }
        return PortalFinding(
            .environment, .failed, code: problems.first?.credentialProblem?.code ?? "settings",
            found: problems.map { "\($0.setting): \($0.problem)" }.joined(separator: "; "),
            expected: "environment, addresses and certificate that go together",
            remedy: problems.map(\.remedy).joined(separator: "; "))
    }
}
