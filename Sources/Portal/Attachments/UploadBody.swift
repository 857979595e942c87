import CCurl
import Estates

/// The body of an upload, `multipart/form-data` (RFC 7578), made while curl sends it: the contents are read in pieces and
/// never lie in memory whole.
final class UploadBody {
    /// In bytes, all of it.
    let size: Int64
    let contentType: String
    /// Set when the contents turned out not to be what can be sent, and the request was broken off.
    private(set) var failure: AttachmentFailure?
    private var front: ArraySlice<UInt8>
    private var contents: AttachmentReader
    private var back: ArraySlice<UInt8>
    let contentSize: Int64

    init(
        _ attachment: Attachment, record: [UInt8], folder: AttachmentFolder?, limit: Int64
    ) throws(AttachmentFailure) {
        contents = try AttachmentReader(attachment, record: record, folder: folder, limit: limit)
        contentSize = contents.size
        // Contents that hold a part of their own digest cannot be made.
        let boundary = "proklama-\(attachment.digest.hex.prefix(40))"
        contentType = "multipart/form-data; boundary=\(boundary)"
        front = Array(Wire.uploadFront(attachment, boundary: boundary).utf8)[...]
        back = Array(Wire.uploadBack(boundary: boundary).utf8)[...]
        size = Int64(front.count) + contents.size + Int64(back.count)
    }

    /// The next bytes for curl; 0 at the end, nil when the request must be broken off.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        if !front.isEmpty { return take(&front, into: buffer) }
        do throws(AttachmentFailure) {
            let count = try contents.read(into: buffer)
            return count > 0 ? count : take(&back, into: buffer)
        } catch {
            failure = error
            return nil
        }
    }

    private func take(_ bytes: inout ArraySlice<UInt8>, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let part = bytes.prefix(buffer.count)
        buffer.copyBytes(from: part)
        bytes = bytes.dropFirst(part.count)
        return part.count
    }
}
