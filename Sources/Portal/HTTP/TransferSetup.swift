import CCurl

/// What is the same for every request of a client.
struct TransferSetup {
    let connectTimeout: Int64
    let maximumBodySize: Int
    /// Plain HTTP is for the simulator only.
    let allowsPlainHTTP: Bool
    let bundle: CredentialBundle

    /// Sets it on a fresh handle.
    ///
    /// - Parameter transport: the `Transport`, to which the callbacks about sockets go. A connection remembers it from the
    ///   handle that opened it, and may outlive that handle, so it must not be the transfer.
    func apply(to easy: UnsafeMutableRawPointer, transport: UnsafeMutableRawPointer) {
        // Signals belong to the process, not to a library's name resolution.
        shim_easy_long(easy, CURLOPT_NOSIGNAL, 1)
        check(shim_easy_string(easy, CURLOPT_PROTOCOLS_STR, allowsPlainHTTP ? "http,https" : "https"))
        shim_easy_long(easy, CURLOPT_FOLLOWLOCATION, 0)
        shim_easy_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        // Else an identifier of two dots would climb out of its path.
        check(shim_easy_long(easy, CURLOPT_PATH_AS_IS, 1))
        shim_easy_string(easy, CURLOPT_USERAGENT, "proklama")
        shim_easy_long(easy, CURLOPT_CONNECTTIMEOUT_MS, Int(connectTimeout))
        shim_easy_long(easy, CURLOPT_TCP_KEEPALIVE, 1)
        if allowsPlainHTTP {
            // A proxy from the environment is for the way out, and the simulator is near.
            shim_easy_string(easy, CURLOPT_NOPROXY, "*")
        } else {
            // Calls that start together wait for one connection to say whether it multiplexes, before each opens its own.
            shim_easy_long(easy, CURLOPT_PIPEWAIT, 1)
        }

        check(shim_easy_long(easy, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)))
        check(shim_easy_long(easy, CURLOPT_SSL_VERIFYPEER, 1))
        check(shim_easy_long(easy, CURLOPT_SSL_VERIFYHOST, 2))
        if bundle.replacesAuthorities {
            // Only ours then, not the system's as well.
            check(shim_easy_string(easy, CURLOPT_CAINFO, nil))
            check(shim_easy_string(easy, CURLOPT_CAPATH, nil))
        }
        if !bundle.isEmpty {
            check(shim_easy_pointer(easy, CURLOPT_SSL_CTX_DATA, Unmanaged.passUnretained(bundle).toOpaque()))
            check(shim_easy_on_tls(easy, onTLSContext))
        }

        shim_easy_pointer(easy, CURLOPT_SOCKOPTDATA, transport)
        shim_easy_on_open(easy, onSocketOpened)
        shim_easy_pointer(easy, CURLOPT_CLOSESOCKETDATA, transport)
        shim_easy_on_close(easy, onSocketClosing)
    }

    /// For the options that security or correctness rests on: a curl that does not know them must not be used.
    private func check(_ code: CURLcode) { precondition(code == CURLE_OK, "libcurl lacks an option that is needed") }
}
