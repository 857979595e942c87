import CLinux
import Glibc
import Synchronization

/// A queue into a thread: any thread posts, one thread takes. Its descriptor becomes readable when something waits, so
/// an `EventLoop` can watch it, and a thread that has no loop can block in `wait`.
public final class Mailbox<Message: Sendable>: Sendable {
    /// Readable while something waits.
    public let descriptor: CInt
    private let messages = Mutex<[Message]>([])

    public init() {
        descriptor = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(descriptor >= 0, "eventfd: errno \(errno)")
    }

    deinit { close(descriptor) }

    public func post(_ message: Message) {
        let wasEmpty = messages.withLock { waiting in
            waiting.append(message)
            return waiting.count == 1
        }
        if wasEmpty { eventfd_write(descriptor, 1) }
    }

    /// Everything that waits, oldest first. Never blocks.
    ///
    /// The descriptor is emptied before the queue: a post between the two makes a wake-up too many, never one too few.
    public func take() -> [Message] {
        var count: eventfd_t = 0
        eventfd_read(descriptor, &count)
        return messages.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }

    /// Blocks the calling thread until something waits, and takes it.
    ///
    /// - Parameter milliseconds: at most so long; -1 is for ever.
    /// - Returns: empty when the time ran out.
    public func wait(milliseconds: CInt = -1) -> [Message] {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&waiting, 1, milliseconds)
        return take()
    }
}
