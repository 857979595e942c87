import Estates
import JSON

extension Wire {
    /// The request for a call. A search and the question for changes ask for one page; the other calls know no pages.
    static func request(
        _ call: PortalCall, page: Int, settings: PortalSettings
    ) throws(AttachmentFailure) -> HTTPRequest {
        let base = "\(settings.url)/\(estates)"
        switch call {
        case .search(let deceased):
            let query = "page=\(page)&size=\(settings.pageSize)&sort=doedsbojournalId&direction=ASC"
            return HTTPRequest(method: .post, url: "\(base)?\(query)", body: .json(searchBody(deceased)))
        case .changes(let ids, let since):
            let query = "page=\(page)&size=\(settings.pageSize)"
            return HTTPRequest(
                method: .post, url: "\(base)/aendringer?\(query)", body: .json(changesBody(ids, since: since)))
        case .lookUp(let estate, let identity):
            let query = "reference=\(encoded(identity.reference))&kreditor=\(encoded(identity.creditor.cvr.digits))"
            return HTTPRequest(method: .get, url: "\(path(base, estate, identity.kind))?\(query)")
        case .submit(let estate, let identity, let contents, let key):
            return HTTPRequest(
                method: .post, url: path(base, estate, identity.kind), body: .json(filingBody(identity, contents)),
                idempotencyKey: key, mayLeaveTwice: false)
        case .amend(let estate, let filing, let identity, let contents, let key):
            return HTTPRequest(
                method: .put, url: "\(path(base, estate, identity.kind))/\(encoded(filing.text))",
                body: .json(filingBody(identity, contents)), idempotencyKey: key, mayLeaveTwice: false)
        case .withdraw(let estate, let filing, let identity, let key):
            return HTTPRequest(
                method: .delete, url: "\(path(base, estate, identity.kind))/\(encoded(filing.text))",
                idempotencyKey: key, mayLeaveTwice: false)
        case .attach(let estate, let filing, let identity, let attachment, let record, let key):
            let body = try UploadBody(
                attachment, record: record, folder: settings.attachmentFolder, limit: settings.largestAttachment)
            return HTTPRequest(
                method: .post, url: "\(path(base, estate, identity.kind))/\(encoded(filing.text))/bilag",
                body: .upload(body), idempotencyKey: key, mayLeaveTwice: false)
        }
    }

    private static func path(_ base: String, _ estate: EstateID, _ kind: FilingKind) -> String {
        "\(base)/\(encoded(estate.text))/\(collection(kind))"
    }

    static func collection(_ kind: FilingKind) -> String {
        switch kind {
        case .claim: "krav"
        case .receivable: "tilgodehavender"
        case .inventory: "effektfortegnelser"
        case .inquiry: "forespoergsler"
        }
    }

    private static func changesBody(_ ids: [EstateID], since: Timestamp) -> [UInt8] {
        JSONWriter.object { body in
            body.array("doedsbojournalIds") { list in
                for id in ids { list.string(id.text) }
            }
            body.field("siden", since.description)
        }
    }

    /// The one place where a CPR number is written out.
    private static func searchBody(_ deceased: Deceased) -> [UInt8] {
        JSONWriter.object { body in
            switch deceased {
            case .cpr(let number): body.field("cprNummer", number.unmaskedDigits)
            case .nameAndAddress(let person):
                body.field("navn", person.name)
                body.object("adresse") { address in
                    address.field("vejnavn", person.street)
                    address.field("husnummer", person.houseNumber)
                    address.field("postnummer", person.postalCode)
                    address.field("by", person.city)
                }
            }
        }
    }
}
