import Engine
import Glibc
import Testing

@testable import Worker

@Suite struct FailureCatalogueTests {
    private static var path: String {
        var path = #filePath
        for _ in 0..<4 { path = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) }
        return path + "/docs/failures.md"
    }

    /// `PROKLAMA_TEST_WRITE_DOCS=1 swift test --filter FailureCatalogue` writes the page anew.
    @Test func everyReasonStandsInTheDocumentation() throws {
        if getenv("PROKLAMA_TEST_WRITE_DOCS") != nil {
            let file = try #require(fopen(FailureCatalogueTests.path, "w"))
            fputs(FailureCatalogue.document, file)
            fclose(file)
        }
        let text = try TextFile.read(FailureCatalogueTests.path)
        for reason in FailureReason.allCases {
            #expect(text.contains(FailureCatalogue.row(reason)), "\(reason.rawValue)")
        }
        #expect(text == FailureCatalogue.document)
    }

    @Test func everyReasonSaysWhatToDo() {
        for reason in FailureReason.allCases {
            #expect(reason.meaning.hasSuffix("."))
            #expect(reason.remedy.hasSuffix("."))
            #expect(!reason.meaning.contains("|") && !reason.remedy.contains("|"))
        }
    }
}
