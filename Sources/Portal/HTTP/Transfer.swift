import CCurl
import EventLoop
import Glibc

/// A curl easy handle with the memory that its request and answer need. Made once and used for many requests in turn; what
/// never changes is set when it is made.
final class Transfer {
    /// Why our own code stopped the request before it left.
    enum Refusal { case deadlinePassed, wouldLeaveTwice }

    let easy: UnsafeMutableRawPointer
    /// Set while the transfer runs; called once, from a turn of the loop.
    var completion: ((Transfer) -> Void)?
    /// On `MonotonicClock`: no byte of the request leaves after it.
    var deadline: Int64 = 0
    /// On `MonotonicClock`: it has ended by then.
    var expiry: Int64 = 0
    var mayLeaveTwice = true
    /// How often the request was handed to a connection. Nothing of it can have left while this is 0.
    var departures = 0
    var refusal: Refusal?
    var response = ByteBuffer(capacity: 1 << 12)
    var isTooLarge = false
    /// How it ended, once `completion` is called.
    var result = CURLE_OK
    /// The status of the answer, as soon as its first line was read; else 0.
    var status = 0
    /// How many connections it had opened when its request left, and when it ended (0: it used one that was open).
    var connectsAtDeparture = 0
    var connectsAtEnd = 0

    let maximumBodySize: Int
    private var address = ByteBuffer(capacity: 256)
    private var body = ByteBuffer(capacity: 1 << 10)
    private var idempotencyHeader = ByteBuffer(capacity: 128)
    private var contentType = ByteBuffer(capacity: 128)
    /// What is being sent piece by piece.
    private(set) var upload: UploadBody?
    private var token: AccessToken?
    private var method: HTTPRequest.Method?
    private let headers = UnsafeMutablePointer<curl_slist>.allocate(capacity: 6)
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    init(setup: TransferSetup, transport: UnsafeMutableRawPointer) {
        // curl_easy_init fails only for want of memory, and then Swift's own allocations would have trapped.
        guard let easy = curl_easy_init() else { preconditionFailure("curl_easy_init") }
        self.easy = easy
        maximumBodySize = setup.maximumBodySize
        errorText[0] = 0
        shim_easy_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
        shim_easy_pointer(easy, CURLOPT_PRIVATE, Unmanaged.passUnretained(self).toOpaque())
        shim_easy_pointer(easy, CURLOPT_WRITEDATA, Unmanaged.passUnretained(self).toOpaque())
        shim_easy_on_body(easy, onBody)
        shim_easy_pointer(easy, CURLOPT_READDATA, Unmanaged.passUnretained(self).toOpaque())
        shim_easy_on_upload(easy, onUpload)
        shim_easy_pointer(easy, CURLOPT_PREREQDATA, Unmanaged.passUnretained(self).toOpaque())
        shim_easy_on_request(easy, onDeparture)
        setup.apply(to: easy, transport: transport)
    }

    deinit {
        curl_easy_cleanup(easy)
        headers.deallocate()
        errorText.deallocate()
    }

    /// curl's own words on what went wrong. They may quote what the server sent, so they are looked at and never shown.
    var diagnosis: String { String(cString: errorText) }

    /// Whether the request left once, and was the first one on the very connection on which it then failed.
    var wasFirstOnItsConnection: Bool {
        departures == 1 && connectsAtDeparture > 0 && connectsAtDeparture == connectsAtEnd
    }

    /// The last header of that name in the answer. Only valid inside `completion`.
    func header(_ name: StaticString) -> String? {
        var found: UnsafeMutablePointer<curl_header>?
        let code = name.withUTF8Buffer { utf8 in
            utf8.withMemoryRebound(to: CChar.self) {
                // A StaticString ends with a NUL.
                curl_easy_header(easy, $0.baseAddress, 0, UInt32(CURLH_HEADER), -1, &found)
            }
        }
        guard code == CURLHE_OK, let found else { return nil }
        return String(cString: found.pointee.value)
    }

    /// Sets what differs from request to request.
    func prepare(_ request: HTTPRequest, deadline: Int64, milliseconds: Int64) {
        self.deadline = deadline
        mayLeaveTwice = request.mayLeaveTwice
        departures = 0
        refusal = nil
        isTooLarge = false
        status = 0
        connectsAtDeparture = 0
        connectsAtEnd = 0
        errorText[0] = 0
        response.reset()

        address.reset()
        address.append(request.url)
        address.append(byte: 0)
        shim_easy_string(easy, CURLOPT_URL, address.characters)
        shim_easy_long(easy, CURLOPT_TIMEOUT_MS, Int(milliseconds))
        setMethod(request.method)
        setBody(request)
        setHeaders(request)
    }

    /// Lets go of what the request held: its body has personal data in it.
    func release() {
        completion = nil
        token = nil
        upload = nil
        body.reset()
        response.reset()
    }

    private func setMethod(_ method: HTTPRequest.Method) {
        if self.method == method { return }
        self.method = method
        switch method {
        case .get, .delete: shim_easy_long(easy, CURLOPT_HTTPGET, 1)
        case .post, .put: shim_easy_long(easy, CURLOPT_POST, 1)
        }
        switch method {
        case .get, .post: shim_easy_string(easy, CURLOPT_CUSTOMREQUEST, nil)
        case .put: shim_easy_string(easy, CURLOPT_CUSTOMREQUEST, "PUT")
        case .delete: shim_easy_string(easy, CURLOPT_CUSTOMREQUEST, "DELETE")
        }
    }

    private func setBody(_ request: HTTPRequest) {
        body.reset()
        upload = nil
        switch request.body {
        case .none: return
        case .json(let bytes), .form(let bytes): body.append(bytes)
        case .upload(let upload):
            self.upload = upload
            shim_easy_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(upload.size))
            // Without fields curl asks onUpload.
            shim_easy_pointer(easy, CURLOPT_POSTFIELDS, nil)
            return
        }
        shim_easy_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        shim_easy_pointer(easy, CURLOPT_POSTFIELDS, body.characters)
    }

    /// The list lives in this object, so that a call costs no allocation for it.
    private func setHeaders(_ request: HTTPRequest) {
        var count = 0
        func add(_ header: UnsafeMutablePointer<CChar>) {
            headers[count] = curl_slist(data: header, next: nil)
            if count > 0 { headers[count - 1].next = headers + count }
            count += 1
        }
        add(FixedHeader.accept)
        switch request.body {
        case .none: break
        case .json: add(FixedHeader.json)
        case .form: add(FixedHeader.form)
        case .upload(let upload):
            contentType.reset()
            contentType.append("Content-Type: ")
            contentType.append(upload.contentType)
            contentType.append(byte: 0)
            add(contentType.characters)
        }
        // Large bodies (from a mebibyte, in older versions a kibibyte) would else wait up to a second for a 100 that few
        // servers send.
        if body.count > 1000 || upload != nil { add(FixedHeader.noExpect) }
        token = request.token
        if let token { add(token.header) }
        if let key = request.idempotencyKey {
            idempotencyHeader.reset()
            idempotencyHeader.append("Idempotency-Key: ")
            idempotencyHeader.append(key)
            idempotencyHeader.append(byte: 0)
            add(idempotencyHeader.characters)
        }
        shim_easy_headers(easy, headers)
    }
}
