import Engine
import Estates
import Portal

extension Worker {
    /// Who we are to the portal, and where it is: what was wrong whenever it was the wrong certificate or environment.
    func tellCertificate() {
        let status = portal.certificateStatus
        let portal = settings.portal
        log.info(
            "portal.identity",
            status.chain == nil ? "no client certificate is set" : "the portal knows us by this certificate",
            [
                "environment": .text(portal.environment.rawValue),
                "host": .text(portal.host),
                "tokenHost": .text(portal.tokenHost ?? "none"),
                "class": .text(status.certificateClass?.rawValue ?? "none"),
                "cvr": .text(status.cvr?.digits ?? "none"),
                "holder": .text(status.chain?.leaf.holderIdentifier ?? "none"),
                "daysToExpiry": status.daysToExpiry.map { .number(Int64($0)) } ?? "none",
                "policy": .text(settings.engine.failurePolicy.rawValue),
            ])
    }
}
