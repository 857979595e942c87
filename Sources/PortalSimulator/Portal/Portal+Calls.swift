import JSON

extension Portal {
    /// Carries out a portal call, but for the token request.
    mutating func carryOut(_ request: Request, now: Int64) -> Outcome {
        switch request.route.call {
        case .search: .answer(search(request, now: now))
        case .changes: .answer(changes(request, now: now))
        case .submit: submit(request, now: now)
        case .lookup: .answer(lookUp(request, now: now))
        case .show: .answer(show(request, now: now))
        case .amend: .answer(amend(request, now: now))
        case .withdraw: .answer(withdraw(request, now: now))
        case .attach: .answer(attach(request, now: now))
        case .token, .control, .other: .answer(.notFound)
        }
    }

    private mutating func search(_ request: Request, now: Int64) -> Reply {
        counters.countSearch(now: now)
        guard let body = try? JSONDocument.parse(request.body) else { return .refusal(400, "ikke JSON") }
        switch PersonQuery.read(body) {
        case .failure(let refusal): return .refusal(422, "ugyldig søgning", fields: refusal.fields)
        case .success(let query): return .page(estates.search(query, now: now), of: request.query)
        }
    }

    private func changes(_ request: Request, now: Int64) -> Reply {
        guard let body = try? JSONDocument.parse(request.body) else { return .refusal(400, "ikke JSON") }
        var problems: [FieldProblem] = []
        let ids = body["doedsbojournalIds"]?.elements?.map(\.string)
        if ids == nil || ids?.contains(nil) == true {
            problems.append(FieldProblem(field: "doedsbojournalIds", message: "mangler"))
        }
        let since = body["siden"]?.string.flatMap(Clock.parse)
        if since == nil { problems.append(FieldProblem(field: "siden", message: "et tidspunkt")) }
        guard let ids, let since, problems.isEmpty else { return .refusal(422, "ugyldig", fields: problems) }
        return .page(estates.changed(ids.compactMap { $0 }, since: since, now: now), of: request.query)
    }

    private mutating func submit(_ request: Request, now: Int64) -> Outcome {
        let behaviour: DerivedEstate.Behaviour
        switch estates.standing(of: request.route.estate, now: now) {
        case .unknown: return .answer(.notFound)
        case .closed: return .answer(.refusal(410, "boet er lukket"))
        case .open(.refusesFilings): return .answer(.refusal(422, "afvist", fields: []))
        case .open(let open): behaviour = open
        }
        let shape: FilingShape
        switch read(request) {
        case .failure(let reply): return .answer(reply.reply)
        case .success(let read): shape = read
        }
        let contents = request.trimmedBody
        let digest = SHA256Digest(of: contents)
        if let earlier = earlierAnswer(request, digest) { return .answer(earlier) }

        let known = store.identity(shape, request.route.kind)
        if let known, let conflict = conflict(with: known, digest) { return .answer(conflict) }
        let event = store.create(
            shape, request.route.kind, estate: request.estateKey, contents: contents, request.stamp(now, digest))
        remember(request, event)
        if behaviour == .losesFirstAnswer, known == nil { return .close }
        return .answer(receipt(201, of: event))
    }

    private func lookUp(_ request: Request, now: Int64) -> Reply {
        if case .unknown = estates.standing(of: request.route.estate, now: now) { return .notFound }
        let found: [UInt32]
        let kind = request.route.kind
        if let reference = request.query["reference"], let creditor = request.query["kreditor"] {
            found = store.filings(kind, creditor: creditor, reference: reference)
        } else if request.query["reference"] == nil, request.query["kreditor"] == nil {
            found = store.filings.indices.lazy.map(UInt32.init).filter { store.filings[Int($0)].kind == kind }
        } else {
            return .refusal(400, "reference og kreditor hører sammen")
        }
        let ofEstate = found.filter { store.filings[Int($0)].estate == request.estateKey }
        return .page(count: ofEstate.count, of: request.query) { store.filingJSON(ofEstate[$0]) }
    }

    private func show(_ request: Request, now: Int64) -> Reply {
        guard let filing = filing(of: request, now: now) else { return .notFound }
        return Reply(status: 200, body: store.filingJSON(filing))
    }

    /// Whether a second filing of an identity is refused, and not stored as the duplicate that it is.
    private func conflict(with identity: UInt32, _ digest: SHA256Digest) -> Reply? {
        let row = store.identities[Int(identity)]
        guard row.active > 0 else { return nil }
        if refusesKnownReferences { return .refusal(409, "referencen er anmeldt") }
        let newest = store.filings[Int(row.lastFiling)]
        guard !newest.withdrawn, store.events[Int(newest.lastEvent)].digest != digest else { return nil }
        return .refusal(409, "referencen er anmeldt med andet indhold")
    }
}
