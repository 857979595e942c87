import JSON

extension Portal {
    mutating func amend(_ request: Request, now: Int64) -> Reply {
        guard let filing = filing(of: request, now: now) else { return .notFound }
        let shape: FilingShape
        switch read(request) {
        case .failure(let unreadable): return unreadable.reply
        case .success(let read): shape = read
        }
        let contents = request.trimmedBody
        let digest = SHA256Digest(of: contents)
        if let earlier = earlierAnswer(request, digest) { return earlier }
        let row = store.filings[Int(filing)]
        if row.withdrawn { return .refusal(410, "slettet") }
        guard store.identity(shape, row.kind) == row.identity else {
            let problem = FieldProblem(field: "reference", message: "reference og kreditor kan ikke ændres")
            return .refusal(422, "ugyldig", fields: [problem])
        }
        let event = store.amend(filing, contents: contents, request.stamp(now, digest))
        remember(request, event)
        return receipt(200, of: event)
    }

    mutating func withdraw(_ request: Request, now: Int64) -> Reply {
        guard let filing = filing(of: request, now: now) else { return .notFound }
        let digest = SHA256Digest(of: [])
        if let earlier = earlierAnswer(request, digest) { return earlier }
        if store.filings[Int(filing)].withdrawn { return .refusal(410, "slettet") }
        let event = store.withdraw(filing, request.stamp(now, digest))
        remember(request, event)
        return receipt(200, of: event)
    }

    mutating func attach(_ request: Request, now: Int64) -> Reply {
        guard let filing = filing(of: request, now: now) else { return .notFound }
        if store.filings[Int(filing)].withdrawn { return .refusal(410, "slettet") }
        guard let form = MultipartForm(request.body, contentType: request.contentType) else {
            return .refusal(400, "ikke multipart/form-data")
        }
        guard let file = form.parts["fil"], let name = form.text("navn"), !name.isEmpty,
            let sha256 = form.text("sha256")
        else {
            let missing = ["fil", "navn", "sha256"].filter { form.parts[$0]?.isEmpty ?? true }
            return .refusal(422, "ugyldig", fields: missing.map { FieldProblem(field: $0, message: "mangler") })
        }
        let digest = SHA256Digest(of: file)
        guard digest.hex == sha256.lowercased() else {
            return .refusal(422, "ugyldig", fields: [FieldProblem(field: "sha256", message: "passer ikke til filen")])
        }
        let row = AttachmentRow(name: name, size: file.count, digest: digest)
        let key = keepsIdempotencyKeys ? request.idempotencyKey : nil
        let number =
            store.attached(row, to: filing, idempotencyKey: key)
            ?? attach(row, to: filing, contents: file, idempotencyKey: key)
        return .json(201) { json in
            json.field("id", FilingStore.attachmentID(number, of: filing))
            json.field("sha256", digest.hex)
        }
    }

    /// The filing that the path names, when it is of that estate and kind.
    func filing(of request: Request, now: Int64) -> UInt32? {
        if case .unknown = estates.standing(of: request.route.estate, now: now) { return nil }
        guard let filing = store.filing(id: request.route.filing) else { return nil }
        let row = store.filings[Int(filing)]
        return row.kind == request.route.kind && row.estate == request.estateKey ? filing : nil
    }

    /// A body that is no filing.
    struct Unreadable: Error {
        let reply: Reply
    }

    func read(_ request: Request) -> Result<FilingShape, Unreadable> {
        guard let body = try? JSONDocument.parse(request.body), body.kind == .object else {
            return .failure(Unreadable(reply: .refusal(400, "ikke JSON")))
        }
        return FilingShape.read(body, as: request.route.kind).mapError { refusal in
            Unreadable(reply: .refusal(422, "ugyldig", fields: refusal.fields))
        }
    }

    /// The answer that this idempotency key got before.
    func earlierAnswer(_ request: Request, _ digest: SHA256Digest) -> Reply? {
        guard keepsIdempotencyKeys, let key = request.idempotencyKey, let event = store.event(idempotencyKey: key)
        else {
            return nil
        }
        guard store.events[Int(event)].digest == digest else {
            let problem = FieldProblem(field: "Idempotency-Key", message: "brugt til andet indhold")
            return .refusal(422, "ugyldig", fields: [problem])
        }
        return receipt(request.route.call == .submit ? 201 : 200, of: event)
    }

    mutating func remember(_ request: Request, _ event: UInt32) {
        guard keepsIdempotencyKeys, let key = request.idempotencyKey else { return }
        store.remember(event, idempotencyKey: key)
    }

    func receipt(_ status: Int, of event: UInt32) -> Reply {
        .json(status) { store.writeReceipt(of: event, to: &$0) }
    }
}

extension Request {
    /// The body without white space around it.
    var trimmedBody: ArraySlice<UInt8> {
        let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        let start = body.firstIndex { !isBlank($0) } ?? body.endIndex
        let end = body.lastIndex { !isBlank($0) } ?? body.startIndex
        return start <= end ? body[start...end] : []
    }

    var estateKey: SHA256Digest.Key { SHA256Digest(of: route.estate.utf8).high }

    func stamp(_ now: Int64, _ digest: SHA256Digest) -> FilingStore.Stamp {
        FilingStore.Stamp(milliseconds: now, idempotencyKey: idempotencyKey ?? "", digest: digest)
    }
}
