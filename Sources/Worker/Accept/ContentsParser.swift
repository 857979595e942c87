import Engine
import Estates

/// Reads what is to be filed, by kind (Dødsboskifteloven § 82 for claims).
enum ContentsParser {
    static func contents(
        _ kind: FilingKind, _ fields: Fields, _ attachments: AttachmentsParser
    ) throws(Refusal) -> FilingContents {
        let body: FilingContents.Body
        switch kind {
        case .claim: body = .claim(try claim(try fields.object("claim")))
        case .receivable: body = .receivable(amount: try fields.object("receivable").money("amount"))
        case .inventory: body = .inventory(try items(try fields.object("inventory")))
        case .inquiry: body = .inquiry(legalInterest: try fields.object("inquiry").text("legalInterest"))
        }
        return FilingContents(
            body: body, text: try fields.optionalText("text", longest: 100_000),
            attachments: try attachments.attachments(fields))
    }

    private static func claim(_ fields: Fields) throws(Refusal) -> Claim {
        Claim(
            principal: try fields.money("principal"), interest: try fields.optionalMoney("interest"),
            costs: try fields.optionalMoney("costs"), preliminary: try fields.boolean("preliminary") ?? false,
            pledge: try fields.optionalObject("pledge")?.text("description"),
            preferentialPosition: try fields.optionalText("preferentialPosition"))
    }

    private static func items(_ fields: Fields) throws(Refusal) -> [InventoryItem] {
        var items: [InventoryItem] = []
        for item in try fields.objects("items") {
            items.append(
                InventoryItem(
                    description: try item.text("description"), estimatedValue: try item.optionalMoney("estimatedValue"),
                    location: try item.optionalText("location")))
        }
        guard !items.isEmpty else { throw Refusal(.malformed, "\(fields.path("items")): is empty") }
        return items
    }
}
