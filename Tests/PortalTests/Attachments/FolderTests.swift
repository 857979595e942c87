import Estates
import Glibc
import Testing

@testable import Portal

/// Nothing but regular files below the folder can be attached, by whatever path they are named.
struct FolderTests {
    private let outside = Folder()
    private let inside = Folder()
    private var folder: AttachmentFolder { AttachmentFolder(inside.path) }

    private func problem(_ path: String) -> AttachmentProblem? {
        do throws(AttachmentFailure) {
            _ = try folder.open(path)
            return nil
        } catch {
            #expect(!error.detail.contains("secret"))
            return error.problem
        }
    }

    @Test func aFileInTheFolderOrBelowIsOpened() {
        inside.write("invoice.pdf", "content")
        #expect(problem("invoice.pdf") == nil)
        #expect(problem("there-is-none.pdf") == .unusable)
    }

    @Test func noPathLeadsOutOfTheFolder() {
        outside.write("secret", "content")
        let name = outside.path.split(separator: "/").last.map(String.init) ?? ""
        for path in [
            "../\(name)/secret", "\(outside.path)/secret", "/etc/passwd", "", ".", "..", "./secret", "a/../../secret",
            "a//b",
            "/", "secret/", "a\u{0}b",
        ] {
            #expect(problem(path) == .unusable, "\(path)")
        }
    }

    @Test func noLinkIsFollowed() {
        outside.write("secret", "content")
        inside.write("real", "content")
        symlink("\(outside.path)/secret", inside.file("to-file"))
        symlink("real", inside.file("to-own-file"))
        symlink(outside.path, inside.file("to-folder"))
        for path in ["to-file", "to-own-file", "to-folder", "to-folder/secret"] {
            #expect(problem(path) == .unusable, "\(path)")
        }
    }

    @Test(.timeLimit(.minutes(1))) func whatIsNoRegularFileIsNotRead() {
        mkfifo(inside.file("fifo"), 0o600)
        mkdir(inside.file("folder"), 0o700)
        defer { rmdir(inside.file("folder")) }
        #expect(problem("fifo") == .unusable)
        #expect(problem("folder") == .unusable)
        let devices = AttachmentFolder("/dev")
        #expect(throws: AttachmentFailure.self) { _ = try devices.open("null") }
        #expect(throws: AttachmentFailure.self) { _ = try devices.open("zero") }
    }

    @Test func aFolderThatIsNotThereMayComeBack() {
        do throws(AttachmentFailure) {
            _ = try AttachmentFolder("\(inside.path)/not-mounted").open("invoice.pdf")
            Issue.record("it was opened")
        } catch { #expect(error.problem == .unavailable) }
    }
}
