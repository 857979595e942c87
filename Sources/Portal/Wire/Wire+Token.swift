import JSON

extension Wire {
    /// The form of a token request (RFC 6749 § 4.4.2, RFC 7523 § 2.2).
    static func tokenForm(clientID: String, scope: String?, assertion: String?) -> [UInt8] {
        var form = "grant_type=client_credentials&client_id=\(encoded(clientID))"
        if let scope { form += "&scope=\(encoded(scope))" }
        if let assertion {
            form += "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
            form += "&client_assertion=\(encoded(assertion))"
        }
        return Array(form.utf8)
    }

    /// What a token request was answered with (RFC 6749 § 5.1).
    static func token(in bytes: UnsafeRawBufferPointer) throws(Problem) -> (text: String, seconds: Int64) {
        let root = try parse(bytes)
        guard try text(root["token_type"], "token_type").lowercased() == "bearer" else {
            throw Problem(detail: "token_type is not Bearer")
        }
        // Only recommended there. Without it a short life is assumed: a token too many is better than a refused call.
        return (try text(root["access_token"], "access_token"), max(0, root["expires_in"]?.integer ?? 60))
    }
}
