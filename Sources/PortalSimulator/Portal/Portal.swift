/// The simulated portal without any HTTP: requests in, decisions out. It has no clock of its own and no threads.
struct Portal: Sendable {
    var estates: EstateDirectory
    var store = FilingStore()
    var tokens: TokenOffice
    var faults: FaultPlan
    var counters = CallCounters()
    var arrivals = ArrivalLog()
    var changeLog = ChangeLog()
    var latency: Latency
    var keepsIdempotencyKeys: Bool
    let refusesKnownReferences: Bool
    private let journal: Journal?
    private let attachmentFolder: AttachmentFolder?
    private var dice: RandomSequence

    init(_ options: PortalSimulator.Options, key: AssertionKey?) throws(SimulatorError) {
        estates = EstateDirectory(makesUpEstates: options.anyEstate)
        tokens = TokenOffice(
            authentication: options.tokenAuthentication, lifetimeSeconds: options.tokenLifetimeSeconds, key: key,
            servesTLS: options.tls != nil, seed: options.seed)
        faults = FaultPlan(seed: options.seed)
        latency = options.latency
        keepsIdempotencyKeys = options.keepsIdempotencyKeys
        refusesKnownReferences = options.refusesKnownReferences
        dice = RandomSequence(seed: options.seed)
        journal = try options.journalPath.map { path throws(SimulatorError) in try Journal(path) }
        attachmentFolder = try options.attachmentsPath.map { path throws(SimulatorError) in try AttachmentFolder(path) }
        try faults.set(options.faults)
        let now = Clock.wallMilliseconds()
        for estate in options.estates { estates.add(estate, now: now) }
        guard let path = options.journalPath else { return }
        for (index, line) in try Journal.lines(path).enumerated()
        where !store.redo(line, keepsIdempotencyKeys: keepsIdempotencyKeys) {
            throw .cannotRead(file: path, reason: "line \(index + 1) is not what a simulator writes")
        }
    }

    /// Decides about a request that has just come in whole.
    mutating func receive(_ request: Request, now: Int64) -> Decision {
        let call = request.route.call
        guard call != .other else {
            return decide(
                call, .answer(request.route.wrongMethod ? .refusal(405, "metoden findes ikke") : .notFound), 0)
        }
        arrivals.note(call, at: now)
        let delay = latency.draw(&dice)
        guard let fault = faults.draw(call) else {
            let outcome = process(request, now: now)
            return decide(call, outcome, delay)
        }
        counters.count(fault)
        let slow = Int64(faults.slowSeconds * 1000)
        let retryAfter = Int(faults.retryAfterSeconds)
        switch fault {
        case .refuse, .resetBefore: return decide(call, .reset, 0)
        case .tokenRefused: return decide(call, .answer(TokenOffice.refused), delay)
        case .unauthorized: return decide(call, .answer(.refusal(401, "token")), delay)
        case .redirect: return decide(call, .answer(.redirect), delay)
        case .forbidden: return decide(call, .answer(.refusal(403, "certifikatet er ikke registreret")), delay)
        case .error: return decide(call, .answer(.refusal(500, "fejl")), delay)
        case .tooMany: return decide(call, .answer(.refusal(429, "for mange", after: retryAfter)), delay)
        case .unavailable: return decide(call, .answer(.refusal(503, "lukket", after: retryAfter)), delay)
        case .slowProcessing: return Decision(outcome: .process(request), delay: max(slow, delay))
        case .answerLost: return decide(call, lose(process(request, now: now)), delay)
        case .errorAfter: return decide(call, spoil(process(request, now: now)) { _ in .refusal(500, "fejl") }, delay)
        case .malformed: return decide(call, spoil(process(request, now: now), \.cut), delay)
        case .html: return decide(call, spoil(process(request, now: now)) { _ in .webPage }, delay)
        case .tooLarge: return decide(call, .answer(.refusal(413, "for stort")), delay)
        case .invalidFile: return decide(call, .answer(.refusal(422, "ugyldigt bilag")), delay)
        case .cutUpload: return decide(call, .close, 0)
        case .slow: return decide(call, process(request, now: now), max(slow, delay))
        }
    }

    /// Whether an upload of which the first bytes have come is to be cut off.
    mutating func cutsUpload() -> Bool {
        guard faults.drawCut() else { return false }
        counters.count(.cutUpload)
        counters.count(.attach, status: 0)
        return true
    }

    /// Does now what `receive` put off.
    mutating func processLate(_ request: Request, now: Int64) -> Outcome {
        decide(request.route.call, process(request, now: now), 0).outcome
    }

    /// Forgets all filings and counts; estates, tokens and faults stay.
    mutating func reset() {
        store = FilingStore()
        journal?.clear()
        counters = CallCounters()
        arrivals = ArrivalLog()
        changeLog = ChangeLog()
        estates.forgetSearches()
    }

    private mutating func process(_ request: Request, now: Int64) -> Outcome {
        if request.route.call == .token { return .answer(tokens.issue(request, now: now)) }
        guard tokens.accepts(request.authorization, now: now) else { return .answer(.refusal(401, "token")) }
        let before = store.events.count
        let outcome = carryOut(request, now: now)
        if store.events.count > before { journal?.append(store.newestEventLine) }
        return outcome
    }

    /// Stores an attachment and returns its number within the filing.
    mutating func attach(
        _ attachment: AttachmentRow, to filing: UInt32, contents: ArraySlice<UInt8>, idempotencyKey: String?
    ) -> Int {
        journal?.append(FilingStore.line(attachment, of: filing, idempotencyKey: idempotencyKey))
        let number = store.attach(attachment, to: filing, idempotencyKey: idempotencyKey)
        attachmentFolder?.keep(contents, as: FilingStore.attachmentID(number, of: filing))
        return number
    }

    /// Counts the ending when it is decided, which is a latency before it is sent.
    private mutating func decide(_ call: Call, _ outcome: Outcome, _ delay: Int64) -> Decision {
        switch outcome {
        case .answer(let reply): counters.count(call, status: reply.status)
        case .close, .reset: counters.count(call, status: 0)
        case .process: break
        }
        return Decision(outcome: outcome, delay: delay)
    }

    private func lose(_ outcome: Outcome) -> Outcome {
        if case .answer = outcome { return .close }
        return outcome
    }

    private func spoil(_ outcome: Outcome, _ change: (Reply) -> Reply) -> Outcome {
        if case .answer(let reply) = outcome { return .answer(change(reply)) }
        return outcome
    }
}
