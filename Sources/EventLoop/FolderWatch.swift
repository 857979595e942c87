import CLinux
import Glibc

/// Tells when something in a folder changes (inotify(7)). A hint, and no more: nothing is told of network file systems, of a
/// single file that is mounted over, or when a folder itself is swapped for another, so whoever uses it looks from time to
/// time as well.
///
/// Belongs to the thread that turns the loop, and must be closed before it is let go.
public final class FolderWatch {
    private let loop: EventLoop
    private let descriptor: CInt
    private var isClosed = false

    /// - Parameter onChange: called from a turn of the loop; many changes may make one call.
    /// - Returns: nil when the system gives no more watches, or none of the folders is there.
    public init?(_ folders: Set<String>, loop: EventLoop, onChange: @escaping () -> Void) {
        let descriptor = inotify_init1(CInt(IN_CLOEXEC | IN_NONBLOCK))
        self.descriptor = descriptor
        self.loop = loop
        guard descriptor >= 0 else { return nil }
        // A file's contents, its replacement by another, and its removal. IN_CREATE also tells of a link that is swapped.
        let changes = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_ATTRIB
        let watched = folders.filter { inotify_add_watch(descriptor, $0, UInt32(changes)) >= 0 }
        guard !watched.isEmpty else {
            Glibc.close(descriptor)
            isClosed = true
            return nil
        }
        loop.watch(descriptor, for: .read) { _ in
            // What has changed is of no interest, that something has is: the events are thrown away.
            var events = [UInt8](repeating: 0, count: 1 << 12)
            while read(descriptor, &events, events.count) > 0 {}
            onChange()
        }
    }

    deinit { precondition(isClosed || descriptor < 0, "a folder watch was let go before it was closed") }

    public func close() {
        if isClosed { return }
        isClosed = true
        loop.unwatch(descriptor)
        Glibc.close(descriptor)
    }
}
