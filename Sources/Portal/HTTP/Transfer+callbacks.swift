import CCurl
import EventLoop

// curl calls these on the loop's thread, inside curl_multi_socket_action, while the transport holds the transfer: the
// unretained pointers are valid.

/// Takes a piece of the answer's body.
let onBody: curl_write_callback = { bytes, size, count, context in
    guard let bytes, let context else { return 0 }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    guard transfer.response.count + size * count <= transfer.maximumBodySize else {
        transfer.isTooLarge = true
        // Anything but the number of bytes ends the transfer with CURLE_WRITE_ERROR.
        return 0
    }
    transfer.response.append(UnsafeRawBufferPointer(start: bytes, count: size * count))
    return size * count
}

/// Hands out the next piece of an upload.
let onUpload: curl_read_callback = { buffer, size, count, context in
    guard let buffer, let context else { return Int(CURL_READFUNC_ABORT) }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    let room = UnsafeMutableRawBufferPointer(start: buffer, count: size * count)
    return transfer.upload?.read(into: room) ?? Int(CURL_READFUNC_ABORT)
}

/// Called just before a request is written to a connection that is ready (TLS included), each time that this is done.
///
/// Two promises rest on it. The deadline is looked at here, in the same breath in which the bytes go out. And it is how a
/// second departure is prevented: when a kept connection dies before a byte of the answer, curl sends the request again on a
/// fresh one (`Curl_retry_request` in lib/transfer.c: "We got no data, we attempted to re-use a connection"), though a server
/// may have acted on a request and died before its answer. That repetition, the one after an HTTP/2 REFUSED_STREAM or GOAWAY
/// and that after a 417 all come through the state MSTATE_DO in lib/multi.c, where this function is called first.
let onDeparture: curl_prereq_callback = { context, _, _, _, _ in
    guard let context else { return CURL_PREREQFUNC_ABORT }
    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    if transfer.departures > 0, !transfer.mayLeaveTwice {
        transfer.refusal = .wouldLeaveTwice
        return CURL_PREREQFUNC_ABORT
    }
    if MonotonicClock.nanoseconds() >= transfer.deadline {
        transfer.refusal = .deadlinePassed
        return CURL_PREREQFUNC_ABORT
    }
    transfer.departures += 1
    shim_info_long(transfer.easy, CURLINFO_NUM_CONNECTS, &transfer.connectsAtDeparture)
    return CURL_PREREQFUNC_OK
}
