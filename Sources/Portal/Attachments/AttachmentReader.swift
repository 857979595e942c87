import Estates

/// Reads an attachment's contents in pieces and vouches for them: the piece that completes them is handed out only when
/// all that was read has the size and the digest that it must have. A file that is changed under our eyes is found out so.
final class AttachmentReader {
    private enum Source {
        case inline(Base64Text)
        case file(AttachmentFile)
    }

    /// In bytes.
    let size: Int64
    private let attachment: Attachment
    private var source: Source
    private let digest = RunningDigest()
    private var left: Int64

    /// - Parameters:
    ///   - record: the value of the request's record, in which inline contents lie.
    ///   - limit: in bytes.
    init(
        _ attachment: Attachment, record: [UInt8], folder: AttachmentFolder?, limit: Int64
    ) throws(AttachmentFailure) {
        self.attachment = attachment
        switch attachment.content {
        case .inline(let range):
            guard range.upperBound <= record.count, let size = attachment.size else {
                throw AttachmentFailure(.unusable, "its contents are not in the record")
            }
            self.size = size
            source = .inline(Base64Text(record, range))
        case .file(let path):
            guard let folder else {
                throw AttachmentFailure(.unusable, "it is a file, and attachments.folder is not set")
            }
            let file = try folder.open(path)
            size = file.size
            source = .file(file)
        }
        left = size
        guard size <= limit else {
            throw AttachmentFailure(.unusable, "it is larger than attachments.max.size")
        }
        guard attachment.size == nil || attachment.size == size else { throw AttachmentReader.mismatch }
        guard size > 0 || digest.finish() == attachment.digest else { throw AttachmentReader.mismatch }
    }

    /// The next bytes, at most as many as fit; 0 at the end.
    ///
    /// - Parameter buffer: of three bytes or more.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(AttachmentFailure) -> Int {
        if left == 0 { return 0 }
        let room = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(Int(min(Int64(buffer.count), max(left, 3)))))
        let count = try fill(room)
        guard count > 0, Int64(count) <= left else { throw AttachmentReader.mismatch }
        digest.add(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room).prefix(count)))
        left -= Int64(count)
        if left == 0 {
            guard digest.finish() == attachment.digest else { throw AttachmentReader.mismatch }
        }
        return count
    }

    /// Reads all of it, for its digest alone.
    func check() throws(AttachmentFailure) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        while try read(into: buffer) > 0 {}
    }

    private func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(AttachmentFailure) -> Int {
        switch source {
        case .file(let file):
            return try file.read(into: buffer)
        case .inline(var text):
            defer { source = .inline(text) }
            do throws(Base64Text.Malformed) { return try text.read(into: buffer) } catch {
                throw AttachmentFailure(.mismatch, "its contents are no base64")
            }
        }
    }

    private static var mismatch: AttachmentFailure {
        AttachmentFailure(.mismatch, "its contents are not those that its sha256 and its size tell of")
    }
}

extension AttachmentFolder {
    /// Looks at the files among the attachments before anything is filed: all must be there with the right contents.
    ///
    /// - Parameter limit: in bytes, for each.
    public static func check(
        _ attachments: [Attachment], in folder: AttachmentFolder?, limit: Int64
    ) throws(AttachmentFailure) {
        for (index, attachment) in attachments.enumerated() {
            // Inline contents were checked when the record was read.
            guard case .file = attachment.content else { continue }
            do throws(AttachmentFailure) {
                let reader = try AttachmentReader(attachment, record: [], folder: folder, limit: limit)
                try reader.check()
            } catch {
                throw AttachmentFailure(error.problem, "attachments[\(index)].file: \(error.detail)")
            }
        }
    }
}
