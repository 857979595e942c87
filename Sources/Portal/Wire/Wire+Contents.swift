import Estates
import JSON

extension Wire {
    /// What a filing says, as it was written by `filingBody` or by a person in the portal's own form. Nil when it is not
    /// what we would write: that is no reason to mistake the rest of the answer.
    static func contents(_ item: JSONValue, _ kind: FilingKind) -> FilingContents? {
        body(item, kind).map { FilingContents(body: $0, text: item["tekst"]?.string) }
    }

    private static func body(_ item: JSONValue, _ kind: FilingKind) -> FilingContents.Body? {
        switch kind {
        case .claim:
            return claim(item).map { .claim($0) }
        case .receivable:
            return money(item["beloeb"]).map { .receivable(amount: $0) }
        case .inventory:
            guard let elements = item["effekter"]?.elements else { return nil }
            let items = elements.compactMap(inventoryItem)
            return items.count == elements.count ? .inventory(items) : nil
        case .inquiry:
            return item["begrundelse"]?.string.map { .inquiry(legalInterest: $0) }
        }
    }

    private static func claim(_ item: JSONValue) -> Claim? {
        guard let principal = money(item["hovedstol"]), isMoneyOrNothing(item["renter"]),
            isMoneyOrNothing(item["omkostninger"])
        else { return nil }
        return Claim(
            principal: principal, interest: money(item["renter"]), costs: money(item["omkostninger"]),
            preliminary: item["foreloebig"]?.boolean ?? false, pledge: item["pant"]?["beskrivelse"]?.string,
            preferentialPosition: item["fortrinsstilling"]?.string)
    }

    private static func inventoryItem(_ item: JSONValue) -> InventoryItem? {
        guard let description = item["beskrivelse"]?.string, isMoneyOrNothing(item["anslaaetVaerdi"]) else {
            return nil
        }
        return InventoryItem(
            description: description, estimatedValue: money(item["anslaaetVaerdi"]),
            location: item["placering"]?.string)
    }

    private static func money(_ value: JSONValue?) -> Money? { value?.string.flatMap { Money($0) } }

    private static func isMoneyOrNothing(_ value: JSONValue?) -> Bool {
        value == nil || value?.kind == .null || money(value) != nil
    }
}
