import Driver
import Engine
import Testing

struct MembershipTests {
    @Test func whatCameUnderAnotherNameIsNotCommittedButRestored() {
        var story = DriverStory()
        story.assign(0, 1)
        story.receive(offset: 10)
        _ = story.news()
        story.membership = Membership(name: "m2", isMember: true)
        #expect(story.takeTick() == nil)
        #expect(story.news() == ["pause [0]", "pause [1]", "cancel"])
        // What arrives before the ledgers have been read says nothing, and nothing is written.
        #expect(story.receive(offset: 11) == .ignore)
        #expect(story.takeTick() == nil)
        // The group has not changed its mind: nothing new, but under the new name.
        story.assign()
        #expect(
            story.news() == ["assign nothing", "restore 0", "restore 1", "seek 0 from 10", "seek 1 from 10"])
        #expect(story.receive(offset: 10) == .take)
        #expect(story.takeTick() != nil)
    }

    @Test func anAssignmentUnderAnotherNameRestoresWhatStays() {
        var story = DriverStory()
        story.assign(0)
        _ = story.news()
        story.membership = Membership(name: "m2", isMember: true)
        story.assign(1)
        #expect(
            story.news() == [
                "assign nothing", "pause [0]", "restore 0", "restore 1", "seek 0 from 10", "fetch 1 from 10",
            ])
    }

    @Test func whatIsOfAnEarlierMembershipIsGivenUpWithoutDraining() {
        var story = DriverStory()
        story.assign(0)
        story.receive(offset: 10)
        _ = story.news()
        story.membership = Membership(name: "m2", isMember: true)
        story.revoke(0)
        #expect(story.news().contains("unassign [0]"))
    }

    @Test func aDrainEndsWhenTheMembershipDoes() {
        var story = DriverStory()
        story.assign(0)
        story.receive(offset: 10)
        story.revoke(0)
        #expect(!story.news().contains("unassign [0]"))
        story.membership = Membership(name: "m2", isMember: true)
        _ = story.takeTick()
        #expect(story.news().contains("unassign [0]"))
    }

    @Test(arguments: [nil, Membership(name: "", isMember: false), Membership(name: "m1", isMember: false)])
    func nothingIsCommittedAsNobody(_ membership: Membership?) {
        var story = DriverStory()
        story.assign(0)
        story.receive(offset: 10)
        story.membership = membership
        #expect(story.takeTick() == nil)
        story.membership = Membership(name: "m1", isMember: true)
        #expect(story.takeTick() != nil)
    }
}
