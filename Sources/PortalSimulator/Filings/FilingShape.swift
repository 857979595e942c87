import JSON

/// What of a filing the simulator looks at, and whether the rest has the shape of the portal's contract.
struct FilingShape: Sendable {
    let creditor: String
    let onBehalfOf: String
    let reference: String

    /// Reads a filing, or says what is wrong with it.
    static func read(_ filing: JSONValue, as kind: FilingKind) -> Result<FilingShape, Refusal> {
        var check = ShapeCheck()
        check.allow(filing, "", ["kreditor", "reference", "tekst"] + fields(of: kind))
        let creditor = filing["kreditor"]
        check.require("kreditor.cvrNummer", creditor?["cvrNummer"], ShapeCheck.isCVR, "otte cifre")
        check.optional("kreditor.paaVegneAf", creditor?["paaVegneAf"], ShapeCheck.isCVR, "otte cifre")
        check.require("reference", filing["reference"], ShapeCheck.isText, "mangler")
        check.optional("tekst", filing["tekst"], { $0.string != nil }, "tekst")
        switch kind {
        case .claim: check.claim(filing)
        case .receivable: check.require("beloeb", filing["beloeb"], ShapeCheck.isAmount, ShapeCheck.amountRule)
        case .inventory: check.inventory(filing)
        case .inquiry: check.require("begrundelse", filing["begrundelse"], ShapeCheck.isText, "mangler")
        }
        guard check.problems.isEmpty else { return .failure(Refusal(fields: check.problems)) }
        return .success(
            FilingShape(
                creditor: creditor?["cvrNummer"]?.string ?? "",
                onBehalfOf: creditor?["paaVegneAf"]?.string ?? "",
                reference: filing["reference"]?.string ?? ""))
    }

    /// Why a filing is not taken (422).
    struct Refusal: Error {
        let fields: [FieldProblem]
    }

    private static func fields(of kind: FilingKind) -> [String] {
        switch kind {
        case .claim: ["hovedstol", "renter", "omkostninger", "foreloebig", "pant", "fortrinsstilling"]
        case .receivable: ["beloeb"]
        case .inventory: ["effekter"]
        case .inquiry: ["begrundelse"]
        }
    }
}
