import CCurl
import EventLoop

/// The sockets in epoll.
///
/// curl takes its interest away after each answer and declares it again with the next request on the same connection. Two
/// system calls for that would cost more than the request, so a connection stays registered while it is idle, until it is
/// closed or something comes on it.
extension Transport {
    func opened(_ descriptor: CInt) {
        reserve(descriptor)
        // curl 7.88 closes the socket of a connection that never came about without calling back (cf-socket.c, "our local
        // socket, we did never publish it"), so this number may still be known from then.
        loop.unwatch(descriptor)
        sockets[Int(descriptor)] = Socket(isConnection: true)
        noteConnectionOpened()
    }

    func watch(_ descriptor: CInt, for interest: EventLoop.Interest) {
        reserve(descriptor)
        let index = Int(descriptor)
        sockets[index].isIdle = false
        if sockets[index].interest == interest { return }
        sockets[index].interest = interest
        loop.watch(descriptor, for: interest) { [unowned self] events in ready(descriptor, events) }
    }

    /// Nothing is under way on it. What is no connection is closed without a word, and its number used again: it must not
    /// stay registered here.
    func rest(_ descriptor: CInt) {
        reserve(descriptor)
        if sockets[Int(descriptor)].isConnection {
            sockets[Int(descriptor)].isIdle = true
        } else {
            forget(descriptor)
        }
    }

    func forget(_ descriptor: CInt) {
        reserve(descriptor)
        loop.unwatch(descriptor)
        sockets[Int(descriptor)] = Socket()
    }

    private func ready(_ descriptor: CInt, _ events: EventLoop.Interest) {
        if sockets[Int(descriptor)].isIdle {
            // The server closes it, or says something unasked: curl finds out when it wants the connection again.
            loop.unwatch(descriptor)
            sockets[Int(descriptor)].interest = []
            return
        }
        var mask: CInt = 0
        if events.contains(.read) { mask |= CURL_CSELECT_IN }
        if events.contains(.write) { mask |= CURL_CSELECT_OUT }
        if !events.isDisjoint(with: .failure) { mask |= CURL_CSELECT_ERR }
        act(on: descriptor, events: mask)
    }

    private func reserve(_ descriptor: CInt) {
        let missing = Int(descriptor) + 1 - sockets.count
        if missing > 0 { sockets.append(contentsOf: repeatElement(Socket(), count: max(missing, 64))) }
    }
}
