import Estates
import JSON
import Testing

@testable import Portal

/// What a look-up says of a filing's contents is what would be written.
struct ContentsTests {
    private static let contents: [FilingContents] = [
        FilingContents(
            body: .claim(
                Claim(
                    principal: Money(oere: 123_450), interest: Money(oere: 5), costs: Money(oere: 100),
                    preliminary: true, pledge: "pant", preferentialPosition: "§ 95")), text: "tekst"),
        FilingContents(body: .claim(Claim(principal: Money(oere: 1)))),
        FilingContents(body: .receivable(amount: Money(oere: 7))),
        FilingContents(
            body: .inventory([
                InventoryItem(description: "ur", estimatedValue: Money(oere: 99), location: "boks"),
                InventoryItem(description: "ring"),
            ])),
        FilingContents(body: .inquiry(legalInterest: "nabo"), text: "t"),
    ]

    private func read(_ json: [UInt8], _ kind: FilingKind) throws -> FilingContents? {
        Wire.contents(try JSONDocument.parse(json), kind)
    }

    @Test(arguments: contents) func whatIsWrittenIsReadAgain(_ contents: FilingContents) throws {
        let identity = FilingIdentity(creditor: PortalCall.creditor(), kind: contents.kind, reference: "R-1")
        let found = try #require(try read(Wire.filingBody(identity, contents), contents.kind))
        #expect(found == contents)
        #expect(found.saysTheSame(as: contents))
        for other in ContentsTests.contents where other != contents { #expect(!found.saysTheSame(as: other)) }
    }

    @Test func aFormsEmptyFieldsSayNothing() throws {
        let form = #"{"hovedstol":"10.00","renter":"0.00","omkostninger":null,"pant":{"beskrivelse":""},"tekst":""}"#
        let found = try #require(try read(Array(form.utf8), .claim))
        let bare = FilingContents(body: .claim(Claim(principal: Money(oere: 1000))))
        #expect(found.saysTheSame(as: bare))
        #expect(!found.saysTheSame(as: FilingContents(body: .claim(Claim(principal: Money(oere: 1001))))))
        #expect(
            !found.saysTheSame(as: FilingContents(body: .claim(Claim(principal: Money(oere: 1000), preliminary: true))))
        )
    }

    @Test(arguments: [
        (#"{}"#, FilingKind.claim), (#"{"hovedstol":12}"#, .claim), (#"{"hovedstol":"1.00","renter":"x"}"#, .claim),
        (#"{"beloeb":"-1"}"#, .receivable), (#"{"effekter":[{}]}"#, .inventory), (#"{"begrundelse":1}"#, .inquiry),
    ])
    func whatWeWouldNotWriteIsNotRead(_ json: String, _ kind: FilingKind) throws {
        #expect(try read(Array(json.utf8), kind) == nil)
    }
}
