import Estates
import JSON

/// Writes request records, with what is not said left as it should be.
struct DemoRequest {
    let id: String
    var action = FilingAction.submit
    var kind = FilingKind.claim
    let reference: String
    let cpr: String
    var dateOfDeath = "2026-09-14"
    var principal = "1250.00"
    var hasAttachment = false
    /// Of the attachment's contents.
    var attachmentDigest = "640953afa8d6b8b2e60db1a372b636c37574062f346abbe21d5ba6bac5fc6907"

    var json: [UInt8] {
        JSONWriter.object { root in
            root.field("id", id)
            root.field("action", action.rawValue)
            root.field("kind", kind.rawValue)
            root.field("reference", reference)
            // A test organisation's number, which fails the check that real ones pass.
            root.object("creditor") { $0.field("cvr", "97281536") }
            root.object("deceased") { deceased in
                deceased.field("cpr", cpr)
                deceased.field("dateOfDeath", dateOfDeath)
            }
            switch kind {
            case .claim: root.object("claim") { $0.field("principal", principal) }
            case .receivable: root.object("receivable") { $0.field("amount", principal) }
            case .inventory:
                root.object("inventory") { inventory in
                    inventory.array("items") { items in
                        items.object { item in
                            item.field("description", "Safe-deposit box 114")
                            item.field("estimatedValue", principal)
                        }
                    }
                }
            case .inquiry: root.object("inquiry") { $0.field("legalInterest", "Landlord: the lease must be ended.") }
            }
            if hasAttachment {
                root.array("attachments") { list in
                    list.object { attachment in
                        attachment.field("name", "invoice.txt")
                        attachment.field("mediaType", "text/plain")
                        attachment.field("content", "SW52b2ljZSA0NzExOiAxMi44NDUsNTAga3IuCg==")
                        attachment.field("sha256", attachmentDigest)
                    }
                }
            }
        }
    }
}
