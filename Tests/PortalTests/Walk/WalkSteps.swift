import COpenSSL
import Engine
import Estates
import EventLoop
import Glibc
import Portal

/// All ways in which a call can fail, in the order in which it proceeds.
enum WalkSteps {
    static let all =
        attachments + beforeTheConnection + connection + tls + alerts + ourCertificate + afterSending + answers + tokens

    private static let attachments = [
        attachment("another digest", .attachmentMismatch, size: nil),
        attachment("another size", .attachmentMismatch, size: 7),
        attachment("no such file", .attachmentUnusable, file: "other.pdf"),
        attachment("outside of the folder", .attachmentUnusable, file: "../statement.pdf"),
        attachment("the folder is not mounted", .attachmentUnavailable, folderIsThere: false),
    ]

    private static func attachment(
        _ name: String, _ kind: CallFailureKind, file: String = "statement.pdf", size: Int64? = nil,
        folderIsThere: Bool = true
    ) -> WalkStep {
        WalkStep("attachment: \(name)", kind) { _ in
            let folder = Folder()
            folder.write("statement.pdf", "contents")
            let attachment = Attachment(
                name: "statement.pdf", mediaType: "application/pdf",
                digest: FileDigest(bytes: [UInt8](repeating: 1, count: 32)),
                size: size, content: .file(file))
            let server = ScriptedServer { _ in .receipt }
            defer { server.stop() }
            return try Harness(server) {
                $0.attachmentFolder = AttachmentFolder(folderIsThere ? folder.path : folder.path + "/not-mounted")
            }.failure(
                .attach(
                    EstateID("D-1"), FilingID("F-1"), PortalCall.identity(), attachment, record: [], idempotencyKey: "k"
                ))
        }
    }

    private static let beforeTheConnection = [
        WalkStep("its time is over", .notStarted) { call in
            let server = ScriptedServer { _ in .receipt }
            defer { server.stop() }
            return try Harness(server).failure(call, deadline: MonotonicClock.nanoseconds() - 1)
        },
        WalkStep("DNS", .nameNotResolved) { call in
            let settings = PortalSettings(
                environment: .simulator, url: "https://portal.invalid", tokenAuthentication: .none)
            return try Harness(settings).failure(call)
        },
    ]

    private static let connection = [
        WalkStep("refused", .connectionRefused) { call in
            let listener = RawServer.listen(backlog: 1)
            close(listener.socket)
            return try Harness(port: listener.port).failure(call)
        },
        WalkStep("time-out of the connection", .connectTimedOut) { call in
            let listener = FullListener()
            defer { withExtendedLifetime(listener) {} }
            return try Harness(port: listener.port, patience: 300).failure(call)
        },
        .raw("reset before anything was sent", .connectionLost) { descriptor in
            var piece = [UInt8](repeating: 0, count: 4096)
            _ = read(descriptor, &piece, piece.count)
            RawServer.reset(descriptor)
        },
        .raw("closed before anything was sent", .connectionLost) { descriptor in
            var piece = [UInt8](repeating: 0, count: 4096)
            _ = read(descriptor, &piece, piece.count)
        },
        .raw("closed with our first bytes unread", .connectionLost) { descriptor in
            var first: UInt8 = 0
            _ = read(descriptor, &first, 1)
        },
        .raw("time-out of TLS", .connectTimedOut, patience: 300) { descriptor in
            var piece = [UInt8](repeating: 0, count: 4096)
            while read(descriptor, &piece, piece.count) > 0 {}
        },
        .raw("not TLS", .tlsFailed) { descriptor in
            let answer = Array(Reply.receipt.bytes.utf8)
            send(descriptor, answer, answer.count, CInt(MSG_NOSIGNAL))
            shutdown(descriptor, CInt(SHUT_WR))
            var piece = [UInt8](repeating: 0, count: 4096)
            while read(descriptor, &piece, piece.count) > 0 {}
        },
    ]

    /// The portal's own certificate.
    private static let tls: [WalkStep] =
        ["elsewhere", "expired", "ec"].map { name in
            .judged("server certificate \(name)", .serverCertificate, .notAsked, version: nil, server: name)
        } + [
            .judged("TLS 1.1 at most", .tlsFailed, .notAsked, version: TLS1_1_VERSION)
        ]

    /// Every alert of RFC 8446 § 6.2 and RFC 5246 § 7.2, as the answer to our first message.
    private static let alerts: [WalkStep] = [UInt8](0...255).compactMap { code in
        guard let (name, kind) = alert(code) else { return nil }
        return .raw("alert \(code) \(name)", kind) { RawServer.alert(code, on: $0) }
    }

    static func alert(_ code: UInt8) -> (String, CallFailureKind)? {
        switch code {
        case 10: ("unexpected_message", .tlsFailed)
        case 20: ("bad_record_mac", .tlsFailed)
        case 21: ("decryption_failed", .tlsFailed)
        case 22: ("record_overflow", .tlsFailed)
        case 30: ("decompression_failure", .tlsFailed)
        case 40: ("handshake_failure", .tlsFailed)
        case 41: ("no_certificate", .tlsFailed)
        case 42: ("bad_certificate", .alertOther)
        case 43: ("unsupported_certificate", .alertOther)
        case 44: ("certificate_revoked", .alertRevoked)
        case 45: ("certificate_expired", .alertExpired)
        case 46: ("certificate_unknown", .alertOther)
        case 47: ("illegal_parameter", .tlsFailed)
        case 48: ("unknown_ca", .alertUnknownIssuer)
        case 49: ("access_denied", .alertOther)
        case 50: ("decode_error", .tlsFailed)
        case 51: ("decrypt_error", .alertOther)
        case 70: ("protocol_version", .tlsFailed)
        case 71: ("insufficient_security", .tlsFailed)
        case 80: ("internal_error", .tlsFailed)
        case 86: ("inappropriate_fallback", .tlsFailed)
        case 90: ("user_canceled", .tlsFailed)
        case 100: ("no_renegotiation", .tlsFailed)
        case 109: ("missing_extension", .tlsFailed)
        case 110: ("unsupported_extension", .tlsFailed)
        case 112: ("unrecognized_name", .tlsFailed)
        case 113: ("bad_certificate_status_response", .tlsFailed)
        case 115: ("unknown_psk_identity", .tlsFailed)
        case 116: ("certificate_required", .alertRequired)
        case 120: ("no_application_protocol", .tlsFailed)
        default: nil
        }
    }

    /// The server has seen our certificate. In TLS 1.3 its alert comes when our request may be on its way.
    private static let ourCertificate: [WalkStep] =
        [nil, TLS1_2_VERSION].flatMap { version -> [WalkStep] in
            let faults: [(String, CInt, CallFailureKind)] = [
                ("expired", X509_V_ERR_CERT_HAS_EXPIRED, .alertExpired),
                ("revoked", X509_V_ERR_CERT_REVOKED, .alertRevoked),
                ("of an unknown issuer", X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, .alertUnknownIssuer),
                ("not yet valid", X509_V_ERR_CERT_NOT_YET_VALID, .alertOther),
                ("for another purpose", X509_V_ERR_INVALID_PURPOSE, .alertOther),
                ("with a wrong signature", X509_V_ERR_CERT_SIGNATURE_FAILURE, .alertOther),
                ("rejected", X509_V_ERR_CERT_REJECTED, .alertOther),
                ("somehow wrong", X509_V_ERR_SUBJECT_ISSUER_MISMATCH, .alertOther),
            ]
            let text = version == nil ? "TLS 1.3" : "TLS 1.2"
            return faults.map { name, fault, kind in
                .judged("\(text): our certificate is \(name)", kind, .judged(fault), version: version)
            } + [
                .judged(
                    "\(text): of another authority", .alertUnknownIssuer, .required, version: version,
                    client: "stranger")
            ]
        } + [
            .judged("TLS 1.3: we have none", .alertRequired, .required, version: nil, client: nil),
            // The alert of TLS 1.2 for that is the one for everything that does not fit.
            .judged("TLS 1.2: we have none", .tlsFailed, .required, version: TLS1_2_VERSION, client: nil),
            // OpenSSL's security level forbids us to use it.
            .judged(
                "our certificate is signed with SHA-1", .certificateUnusable, .notAsked, version: nil, client: "weak"),
        ]

    private static let afterSending = [
        WalkStep("time-out of sending", .timedOut, effect: true) { call in
            let server = ScriptedServer(slowness: 3000) { _ in .receipt }
            defer { server.stop() }
            var call = call
            if case .submit = call {
                let large = FilingContents(body: .inquiry(legalInterest: String(repeating: "x", count: 900_000)))
                call = .submit(EstateID("D-1"), PortalCall.identity(), large, idempotencyKey: "k")
            }
            return try Harness(server) { $0.callTimeout = 1000 }.failure(call)
        },
        .answered("time-out of the first byte", .timedOut, effect: true, .hang),
        .answered(
            "time-out of the body", .timedOut, effect: true,
            Reply(bytes: "HTTP/1.1 201 X\r\nContent-Length: 500\r\n\r\n{", then: .hang)),
        .answered("closed after sending", .connectionLost, effect: true, .close),
        .answered("reset after sending", .connectionLost, effect: true, .reset),
        .answered(
            "cut off in the head", .unexpectedBody, effect: true, Reply(bytes: "HTTP/1.1 201 X\r\nConte", then: .close)),
        .answered(
            "cut off in the body", .connectionLost, effect: true,
            Reply(bytes: "HTTP/1.1 201 X\r\nContent-Length: 500\r\n\r\n{\"id\"", then: .reset)),
        .answered("not HTTP", .unexpectedBody, effect: true, Reply(bytes: "SSH-2.0-OpenSSH_9.2\r\n", then: .close)),
    ]

    private static let answers: [WalkStep] =
        [
            ("HTML", "<!DOCTYPE html><html><body>Vedligeholdelse</body></html>"), ("no body", ""),
            ("truncated JSON", #"[{"doedsbojournalId":"D-1""#), ("wrong shape", #"{"status":"ok"}"#),
            ("another type", "\"ok\""), ("an array of nothing known", "[{}]"), ("bytes", "\u{0}\u{1}\u{2}"),
        ].map { .answered("200 with \($0)", .unexpectedBody, effect: true, .json(200, $1)) } + [
            .answered(
                "201 with a huge body", .bodyTooLarge, effect: true,
                .json(201, "[\"" + String(repeating: "x", count: 300_000) + "\"]")),
            .answered(
                "200 with a body without end", .bodyTooLarge, effect: true,
                Reply(
                    bytes: "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + String(repeating: "8000\r\n\(String(repeating: " ", count: 0x8000))\r\n", count: 40),
                    then: .hang)),
            // A success that says that it is not one.
            .answered("204", .unexpectedBody, effect: true, Reply(bytes: "HTTP/1.1 204 X\r\n\r\n")),
            WalkStep("the wrong environment's token", .unauthorized) { call in
                let server = ScriptedServer { $0.target == "/token" ? .token : .json(401, #"{"kode":"TOKEN"}"#) }
                defer { server.stop() }
                let failure = try Harness(server, token: .mutualTLS).failure(call)
                // Refused, and once more with a token that was issued a moment ago.
                return server.requests.map { $0.target == "/token" } == [true, false, true, false] ? failure : nil
            },
        ]

    private static let tokens: [WalkStep] =
        [400, 401, 403, 404, 405, 409, 422].map {
            .token("\($0)", .tokenRefused, .json($0, #"{"error":"invalid_client"}"#))
        } + [408, 425, 429, 500, 502, 503, 504].map { .token("\($0)", .tokenBusy, .json($0, "")) } + [
            .token("redirect", .redirected, .json(302, "", ["Location: https://elsewhere.invalid/"])),
            .token("HTML", .unexpectedBody, .json(200, "<html>")),
            .token("wrong shape", .unexpectedBody, .json(200, #"{"token":"x"}"#)),
            .token("no answer", .timedOut, .hang), .token("closed", .connectionLost, .close),
        ]
}
