import Driver
import JSON
import Testing

@testable import Worker

@Suite struct AdminTests {
    private func answers(_ snapshot: WorkerSnapshot) -> AdminAnswers {
        AdminAnswers(environment: "simulator") { reply in reply(snapshot) }
    }

    private func get(_ path: String, _ snapshot: WorkerSnapshot = .sample()) -> AdminAnswer {
        answers(snapshot).answer(method: "GET", path: path, accept: nil)
    }

    @Test func aLoopThatAnswersIsAlive() {
        #expect(get("/livez", .sample(stage: .draining)).status == 200)
        #expect(answers(.sample()).answer(method: "HEAD", path: "/livez", accept: nil).status == 200)
    }

    @Test func aLoopThatDoesNotAnswerIsNotAlive() {
        let stuck = AdminAnswers(environment: "simulator") { _ in }
        #expect(stuck.answer(method: "GET", path: "/livez", accept: nil).status == 503)
    }

    @Test func itIsReadyOnlyAsAMemberWithAllPartitionsRestored() {
        #expect(get("/readyz").status == 200)
        let snapshots: [(WorkerSnapshot, String)] = [
            (.sample(stage: .joining), "starting"), (.sample(stage: .draining), "told to stop"),
            (.sample(isMember: false), "not a member"), (.sample(restoring: 2), "2 of its partitions"),
        ]
        for (snapshot, reason) in snapshots {
            let answer = get("/readyz", snapshot)
            #expect(answer.status == 503)
            #expect(String(decoding: answer.body, as: UTF8.self).contains(reason))
        }
    }

    @Test func statusIsJSON() throws {
        let root = try JSONDocument.parse(get("/status", .sample(restoring: 1)).body)
        #expect(root["ready"]?.boolean == false)
        #expect(root["version"]?["proklama"]?.string == ProductVersion.text)
        #expect(root["transactions"]?["committed"]?.integer == 3)
        #expect(root["obstacles"]?.elements?.count == 1)
    }

    @Test func otherMethodsAndPathsAreRefused() {
        #expect(answers(.sample()).answer(method: "POST", path: "/metrics", accept: nil).status == 405)
        #expect(get("/").status == 404)
        #expect(get("/metrics/").status == 404)
    }

    @Test func itServesOnAFreePortAndSaysWhichOneIsTaken() throws {
        let address = ListenAddress(host: "127.0.0.1", port: 0)
        let server = try AdminServer(listen: address, environment: "simulator") { $0(.sample()) }
        defer { server.stop() }
        #expect(server.port != 0)
        let taken = ListenAddress(host: "127.0.0.1", port: server.port)
        do throws(AdminServerError) {
            _ = try AdminServer(listen: taken, environment: "simulator") { _ in }
            Issue.record("two servers on one port")
        } catch {
            #expect(error.description == "cannot listen on 127.0.0.1:\(server.port): Address already in use")
        }
    }
}
