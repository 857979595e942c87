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
///
/// A request that was given up at its deadline may still be on its way out of this machine, when the network is slow or cut.
/// An ordinary close would go on delivering it for minutes, long after the lease on the filing is over; with the linger time
/// set to nothing, what was not acknowledged is thrown away.
let onSocketClosing: curl_closesocket_callback = { context, descriptor in
    if let context { Unmanaged<Transport>.fromOpaque(context).takeUnretainedValue().forget(descriptor) }
    var unacknowledged: CInt = 0
    if ioctl(descriptor, UInt(TIOCOUTQ), &unacknowledged) == 0, unacknowledged > 0 {
        var nothing = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &nothing, socklen_t(MemoryLayout<linger>.size))
    }
    return close(descriptor)
}
