import CCurl
import Estates

/// What kept a transfer from a complete answer, in the contract's words.
struct TransferFailure {
    let cause: PortalFailure.Cause
    /// False only when it is certain that the server did not act on the request.
    let mayHaveBeenProcessed: Bool
    let detail: String

    /// Nil when there is an answer to be read: a complete one, or an incomplete one whose status says already that the
    /// request was not carried out.
    init?(_ transfer: Transfer) {
        if transfer.result == CURLE_OK || transfer.status >= 300 { return nil }
        // No part of the request is written before onDeparture has allowed it.
        let hasLeft = transfer.departures > 0
        switch transfer.refusal {
        case .deadlinePassed:
            self.init(.notStarted, hasLeft, "the deadline passed before the request left")
            return
        case .wouldLeaveTwice:
            self.init(.connectionLost, true, "the connection was cut after the request left")
            return
        case nil: break
        }
        if let failure = transfer.upload?.failure {
            // The piece that would have completed the body was never handed out.
            self.init(.attachment(failure.problem), false, failure.detail)
            return
        }
        if let alert = ClientCertificateAlert.find(in: transfer.diagnosis) {
            // The server judges our certificate in the handshake. In TLS 1.3 our first request may be on its way by then, but
            // a server that ends the handshake with an alert has no connection on which to read it: application data is
            // accepted only after our Finished (RFC 8446 § 2 and § 4.4.4), and curl sends no early data. So the first request
            // on a connection was surely not processed. On a connection that was in use before, the alert is the answer to a
            // later authentication, and then nothing is taken for certain.
            self.init(
                .clientCertificateRefused(alert), hasLeft && !transfer.wasFirstOnItsConnection,
                "the server refused our certificate: \(alert.rawValue)")
            return
        }
        if transfer.departures > 0, transfer.connectsAtEnd > transfer.connectsAtDeparture {
            // It had left on a connection that died, and the one that curl wanted to repeat it on did not come about.
            self.init(.connectionLost, true, "the connection was cut after the request left")
            return
        }
        let (cause, detail) = TransferFailure.translate(transfer, hasLeft: hasLeft)
        self.init(cause, hasLeft, detail)
    }

    private init(_ cause: PortalFailure.Cause, _ mayHaveBeenProcessed: Bool, _ detail: String) {
        self.cause = cause
        self.mayHaveBeenProcessed = mayHaveBeenProcessed
        self.detail = detail
    }

    private static let cut = ["SSL_connect:", "Recv failure", "Send failure", "unexpected eof"]

    private static func translate(_ transfer: Transfer, hasLeft: Bool) -> (PortalFailure.Cause, String) {
        let text = String(cString: curl_easy_strerror(transfer.result))
        switch transfer.result {
        case CURLE_OPERATION_TIMEDOUT:
            return hasLeft ? (.timedOut, "no answer in time") : (.connectTimedOut, "no connection in time")
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: return (.nameNotResolved, text)
        case CURLE_COULDNT_CONNECT: return (.connectionRefused, text)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            return (.serverCertificateRefused, ServerCertificateProblem.describe(transfer))
        case CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE:
            return (.clientCertificateUnusable, text)
        case CURLE_SSL_CLIENTCERT:
            return (.clientCertificateRefused(.required), "the server wants a certificate and got none that it accepts")
        case CURLE_SSL_CONNECT_ERROR where cut.contains(where: { transfer.diagnosis.contains($0) }):
            // curl's words for a handshake that ended with no error of TLS: the connection was closed, or reset.
            return (.connectionLost, "the connection was cut in the TLS handshake")
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_USE_SSL_FAILED: return (.tlsFailed, text)
        case CURLE_WRITE_ERROR where transfer.isTooLarge:
            return (.bodyTooLarge, "the answer is longer than \(transfer.maximumBodySize) bytes")
        case CURLE_FILESIZE_EXCEEDED: return (.bodyTooLarge, text)
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING:
            return (.unexpectedBody, text)
        default: return (.connectionLost, text)
        }
    }
}
