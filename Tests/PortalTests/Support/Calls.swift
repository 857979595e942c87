import Estates
import Portal

extension PortalCall {
    /// A substitute number (61 is added to the day): no real person has one.
    static let cpr = "610190-1234"

    private static func number(_ text: String) -> CPRNumber {
        guard let number = CPRNumber(text) else { preconditionFailure("not a CPR number") }
        return number
    }

    static func creditor(_ cvr: String = "97281536", onBehalfOf: String? = nil) -> Creditor {
        guard let number = CVRNumber(cvr) else { preconditionFailure("not a CVR number") }
        return Creditor(cvr: number, onBehalfOf: onBehalfOf.flatMap { CVRNumber($0) })
    }

    static func identity(_ reference: String = "R-1") -> FilingIdentity {
        FilingIdentity(creditor: creditor(), kind: .claim, reference: reference)
    }

    static let search = PortalCall.search(.cpr(number(cpr)))
    static let lookUp = PortalCall.lookUp(EstateID("D-1"), identity())
    static let contents = FilingContents(
        body: .claim(Claim(principal: Money(oere: 123_450), preliminary: true)), text: "tekst")
    static let submit = PortalCall.submit(EstateID("D-1"), identity(), contents, idempotencyKey: "key-1")
    static let amend = PortalCall.amend(
        EstateID("D-1"), FilingID("F-1"), identity(), contents, idempotencyKey: "key-2")
    static let withdraw = PortalCall.withdraw(EstateID("D-1"), FilingID("F-1"), identity(), idempotencyKey: "key-3")
}
