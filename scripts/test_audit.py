"""The auditor must fail when it should: each way of being wrong has a case here."""

from __future__ import annotations

import unittest
from dataclasses import replace

from audit import hanging_in
from verdict import Attached, Filing, Identity, Place, Request, Result, Verdict, judge

INPUT, NOTICES, REPLIES, DEAD = "claim-requests", "notices", "claim-replies", "dead-letters"
ONE = Identity("97281536", "", "claim", "R-1")


def request(offset: int, action: str = "submit", identity: Identity | None = ONE, expect: str = "") -> Request:
    return Request(Place(INPUT, 0, offset), b"k", "d", identity, action, expect)


def reply(source: int, label: str, offset: int | None = None, receipt: str = "K-1", at: float = 0.0) -> Result:
    place = Place(REPLIES, 0, source if offset is None else offset)
    return Result(place, Place(INPUT, 0, source), label, key=b"k", receipt=receipt, at=at)


def dead(source: int, label: str = "validation/malformed", digest: str = "d") -> Result:
    return Result(Place(DEAD, 0, source), Place(INPUT, 0, source), label, True, b"k", digest)


STATEMENT = Attached("statement.pdf", "00ff")


def attaching(offset: int = 0) -> Request:
    return replace(request(offset), attachments=frozenset({STATEMENT}))


def attached(*stored: Attached) -> Filing:
    return replace(filing(), attachments=tuple(("F1", one) for one in stored))


def filing(*events: str) -> Filing:
    return Filing(ONE, events or ("submit",), frozenset({"K-1", "K-2", "K-3"}))


class Audit(unittest.TestCase):
    def fails(self, verdict: Verdict, *names: str) -> None:
        self.assertFalse(verdict.passed)
        self.assertEqual({name for name, count in verdict.faults.items() if count}, set(names))

    def test_one_request_one_reply_one_filing(self) -> None:
        verdict = judge([request(0)], [reply(0, "filed")], [filing()])
        self.assertTrue(verdict.passed)
        self.assertEqual((verdict.requests, verdict.replies, verdict.filings, verdict.dead_letters), (1, 1, 1, 0))

    def test_nothing_asked_nothing_answered(self) -> None:
        self.assertTrue(judge([], [], []).passed)

    def test_request_without_a_result_is_lost(self) -> None:
        self.fails(judge([request(0), request(1, identity=None)], [reply(0, "filed")], [filing()]), "lost")

    def test_filing_without_a_reply_is_seen_beside_the_lost_request(self) -> None:
        self.fails(judge([request(0)], [], [filing()]), "lost", "unanswered")

    def test_two_replies(self) -> None:
        verdict = judge([request(0)], [reply(0, "filed"), reply(0, "filed", offset=5)], [filing()])
        self.fails(verdict, "answered_twice")

    def test_reply_and_dead_letter(self) -> None:
        self.fails(judge([request(0)], [reply(0, "filed"), dead(0)], [filing()]), "answered_twice")

    def test_filing_stored_three_times_is_two_duplicates(self) -> None:
        verdict = judge([request(0)], [reply(0, "filed")], [filing("submit", "submit", "submit")])
        self.fails(verdict, "duplicates")
        self.assertEqual(verdict.faults["duplicates"], 2)

    def test_filed_again_after_a_withdrawal_is_no_duplicate(self) -> None:
        requests = [request(0), request(1, "withdraw"), request(2)]
        replies = [reply(0, "filed"), reply(1, "withdrawn", receipt="K-2"), reply(2, "filed", receipt="K-3")]
        self.assertTrue(judge(requests, replies, [filing("submit", "withdraw", "submit")]).passed)

    def test_duplicate_that_was_withdrawn_is_a_duplicate_all_the_same(self) -> None:
        requests, replies = [request(0), request(1, "withdraw")], [reply(0, "filed"), reply(1, "withdrawn")]
        self.fails(judge(requests, replies, [filing("submit", "submit", "withdraw")]), "duplicates")

    def test_reply_without_a_filing(self) -> None:
        self.fails(judge([request(0)], [reply(0, "filed")], []), "unfounded")

    def test_reply_with_a_receipt_that_the_portal_never_gave(self) -> None:
        self.fails(judge([request(0)], [reply(0, "filed", receipt="K-9")], [filing()]), "unfounded")

    def test_reply_without_a_receipt(self) -> None:
        self.fails(judge([request(0)], [reply(0, "filed", receipt="")], [filing()]), "unfounded")

    def test_filing_that_nobody_asked_for(self) -> None:
        self.fails(judge([], [], [filing()]), "unanswered")

    def test_changes_in_order(self) -> None:
        requests = [request(0), request(1, "amend"), request(2, "withdraw")]
        replies = [reply(0, "filed"), reply(1, "amended", receipt="K-2"), reply(2, "withdrawn", receipt="K-3")]
        self.assertTrue(judge(requests, replies, [filing("submit", "amend", "withdraw")]).passed)
        self.fails(judge(requests, replies, [filing("submit", "withdraw", "amend")]), "order")

    def test_amend_that_joined_the_submission_has_its_receipt_and_no_event(self) -> None:
        requests, replies = [request(0), request(1, "amend")], [reply(0, "filed"), reply(1, "amended")]
        self.assertTrue(judge(requests, replies, [filing("submit")]).passed)
        self.fails(judge(requests, replies, [filing("submit", "amend")]), "unanswered")

    def test_change_applied_twice(self) -> None:
        requests = [request(0), request(1, "amend")]
        replies = [reply(0, "filed"), reply(1, "amended", receipt="K-2")]
        self.fails(judge(requests, replies, [filing("submit", "amend", "amend")]), "unanswered")

    def test_replies_out_of_order(self) -> None:
        requests = [request(0), request(1, "amend")]
        replies = [reply(0, "filed", offset=7), reply(1, "amended", offset=3, receipt="K-2")]
        self.fails(judge(requests, replies, [filing("submit", "amend")]), "order")

    def test_repeat_needs_no_second_filing(self) -> None:
        self.assertTrue(
            judge([request(0), request(1)], [reply(0, "filed"), reply(1, "already-filed")], [filing()]).passed
        )

    def test_cancelled_before_it_was_sent_needs_no_filing(self) -> None:
        requests = [request(0), request(1, "withdraw")]
        replies = [reply(0, "cancelled", receipt=""), reply(1, "cancelled", receipt="")]
        self.assertTrue(judge(requests, replies, []).passed)

    def test_attachments_must_be_there_once_they_are_answered(self) -> None:
        done = replace(reply(0, "filed"), filing="F1")
        self.assertTrue(judge([attaching()], [done], [attached(STATEMENT)]).passed)
        self.fails(judge([attaching()], [done], [attached()]), "unattached")
        self.fails(judge([attaching()], [replace(done, filing="F2")], [attached(STATEMENT)]), "unattached")

    def test_attachment_with_other_bytes(self) -> None:
        other = STATEMENT._replace(sha256="00fe")
        verdict = judge([attaching()], [replace(reply(0, "filed"), filing="F1")], [attached(other)])
        self.fails(verdict, "unattached", "unasked")

    def test_attachment_stored_twice(self) -> None:
        done = replace(reply(0, "filed"), filing="F1")
        self.fails(judge([attaching()], [done], [attached(STATEMENT, STATEMENT)]), "attached_twice")

    def test_dead_letter_that_lost_its_contents(self) -> None:
        self.assertTrue(judge([request(0, identity=None)], [dead(0)], []).passed)
        self.fails(judge([request(0, identity=None)], [dead(0, digest="other")], []), "altered")

    def test_reply_under_another_key(self) -> None:
        self.fails(judge([request(0)], [replace(reply(0, "filed"), key=b"other")], [filing()]), "wrong_key")

    def test_result_that_names_no_request(self) -> None:
        self.fails(judge([request(0)], [reply(0, "filed"), replace(dead(9), source=None)], [filing()]), "strays")

    def test_outcome_other_than_expected(self) -> None:
        self.assertTrue(judge([request(0, expect="filed|cancelled")], [reply(0, "filed")], [filing()]).passed)
        self.fails(judge([request(0, expect="amended")], [reply(0, "filed")], [filing()]), "unexpected")

    def test_lag_and_hanging_transactions_fail_too(self) -> None:
        for name in ("lag", "hanging"):
            verdict = judge([request(0)], [reply(0, "filed")], [filing()])
            verdict.fault(name, "1")
            self.fails(verdict, name)

    def test_counts(self) -> None:
        notice = Request(Place(NOTICES, 0, 0), b"k", "d")
        answer = Result(Place("estate-replies", 0, 0), notice.place, "estate-found", key=b"k", at=1.0)
        results = [reply(0, "filed", at=2.0), dead(1), answer]
        verdict = judge([request(0), request(1, identity=None), notice], results, [filing()], NOTICES)
        self.assertTrue(verdict.passed)
        self.assertEqual((verdict.requests, verdict.notifications, verdict.replies, verdict.dead_letters), (2, 1, 2, 1))
        self.assertEqual(verdict.labels, {"filed": 1, "validation/malformed": 1, "estate-found": 1})
        self.assertEqual(verdict.longest_stall, 1.0)


class Hanging(unittest.TestCase):
    def test_rows_of_kafkas_tool(self) -> None:
        # As the tool of Kafka 4 has printed them.
        names = "Topic Partition ProducerId ProducerEpoch CoordinatorEpoch StartOffset LastTimestamp Duration(min)"
        head = names.replace(" ", "        \t") + "\t\n"
        row = "\t".join(("estate.ledger", "2       ", "2  ", "0 ", "4 ", "2068 ", "1795949772495", "17 ")) + "\t\n"
        self.assertEqual(hanging_in(head), [])
        self.assertEqual(
            hanging_in(head + row), ["estate.ledger/2: a transaction of producer 2 is open since offset 2068"]
        )


if __name__ == "__main__":
    unittest.main()
