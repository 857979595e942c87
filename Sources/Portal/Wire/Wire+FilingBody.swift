import Estates
import JSON

extension Wire {
    static func filingBody(_ identity: FilingIdentity, _ contents: FilingContents) -> [UInt8] {
        JSONWriter.object { body in
            body.object("kreditor") { creditor in
                creditor.field("cvrNummer", identity.creditor.cvr.digits)
                creditor.field("paaVegneAf", identity.creditor.onBehalfOf?.digits)
            }
            body.field("reference", identity.reference)
            body.field("tekst", contents.text)
            switch contents.body {
            case .claim(let claim): write(claim, to: &body)
            case .receivable(let amount): body.field("beloeb", amount.description)
            case .inventory(let items):
                body.array("effekter") { list in
                    for item in items { write(item, to: &list) }
                }
            case .inquiry(let legalInterest): body.field("begrundelse", legalInterest)
            }
        }
    }

    private static func write(_ claim: Claim, to body: inout JSONWriter) {
        body.field("hovedstol", claim.principal.description)
        body.field("renter", claim.interest?.description)
        body.field("omkostninger", claim.costs?.description)
        body.field("foreloebig", claim.preliminary)
        if let pledge = claim.pledge {
            body.object("pant") { $0.field("beskrivelse", pledge) }
        }
        body.field("fortrinsstilling", claim.preferentialPosition)
    }

    private static func write(_ item: InventoryItem, to list: inout JSONWriter) {
        list.object { body in
            body.field("beskrivelse", item.description)
            body.field("anslaaetVaerdi", item.estimatedValue?.description)
            body.field("placering", item.location)
        }
    }
}
