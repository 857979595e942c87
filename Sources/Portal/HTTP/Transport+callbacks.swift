import CCurl
import EventLoop
import Glibc

// curl calls these on the loop's thread, from within calls that the transport makes, `close` included: the unretained
// pointers are valid.

/// curl says what a socket waits for.
let onSocket: curl_socket_callback = { _, descriptor, what, context, _ in
    guard let context else { return 0 }
    let transport = Unmanaged<Transport>.fromOpaque(context).takeUnretainedValue()
    if what == CURL_POLL_REMOVE {
        transport.rest(descriptor)
    } else {
        var interest: EventLoop.Interest = []
        if what & CURL_POLL_IN != 0 { interest.insert(.read) }
        if what & CURL_POLL_OUT != 0 { interest.insert(.write) }
        transport.watch(descriptor, for: interest)
    }
    return 0
}

/// curl says when it wants to be called without an event.
let onTimer: curl_multi_timer_callback = { _, milliseconds, context in
    guard let context else { return 0 }
    let transport = Unmanaged<Transport>.fromOpaque(context).takeUnretainedValue()
    transport.timer?.deadline =
        milliseconds < 0 ? nil : MonotonicClock.nanoseconds() + Int64(milliseconds) * 1_000_000
    return 0
}

/// A connection's socket was made. Others, such as the pair with which the resolver's thread wakes curl, do not come here.
let onSocketOpened: curl_sockopt_callback = { context, descriptor, _ in
    guard let context else { return CURL_SOCKOPT_OK }
    Unmanaged<Transport>.fromOpaque(context).takeUnretainedValue().opened(descriptor)
    return CURL_SOCKOPT_OK
}

/// A connection is to be closed, which is this function's task.
let onSocketClosing: curl_closesocket_callback = { context, descriptor in
    if let context { Unmanaged<Transport>.fromOpaque(context).takeUnretainedValue().forget(descriptor) }
    return close(descriptor)
}
