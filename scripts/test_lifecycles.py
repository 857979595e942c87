"""The auditor of life cycles must find what is wrong: each way of being wrong has a case here."""

from __future__ import annotations

import base64
import hashlib
import json
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from typing import Any

import schema_check
from cycle_audit import Shown, asked_of, attached_bytes, changes_of, judge_filing, judge_notification, shown_of
from cycle_model import Answer, Change, Corrected, Course, Listed
from cycles import STEP, Cycles
from traffic import NOTIFICATIONS, REQUESTS
from verdict import Attached, Identity

CREDITOR = {"cvr": "97281536", "onBehalfOf": "99000001"}
IDENTITY = Identity("97281536", "99000001", "claim", "R-1")
FILE = b"%PDF: an invoice"
INVOICE = Attached("invoice.pdf", hashlib.sha256(FILE).hexdigest())


def request(action: str, amount: str = "1.00", attached: bool = False) -> dict[str, Any]:
    document: dict[str, Any] = {"id": "r", "action": action, "kind": "claim", "reference": "R-1", "creditor": CREDITOR}
    document["deceased"] = {"cpr": "6601250100"}
    if action != "withdraw":
        document["claim"] = {"principal": amount, "preliminary": False}
        document["attachments"] = [
            {"name": INVOICE.name, "sha256": INVOICE.sha256, "content": base64.b64encode(FILE).decode()}
        ][:attached]
    return document


def wire(amount: str) -> dict[str, Any]:
    creditor = {"cvrNummer": "97281536", "paaVegneAf": "99000001"}
    return {"kreditor": creditor, "reference": "R-1", "hovedstol": amount, "foreloebig": False}


class Stage:
    """A life cycle as it went when each step waited for its answer, to be tampered with."""

    def __init__(self) -> None:
        self.documents = [
            request("submit", "1.00", attached=True),
            request("amend", "2.00"),
            request("amend", "3.00"),
            request("withdraw"),
            request("submit", "4.00"),
        ]
        self.known = [0, 1, 2, 3, 4]
        self.answers = [
            Answer("filed", "K1", "", 1, "F1"),
            Answer("amended", "K2", "K1", 2, "F1"),
            Answer("amended", "K3", "K1", 3, "F1"),
            Answer("withdrawn", "K4", "K1", 4, "F1"),
            Answer("filed", "K5", "", 5, "F2"),
        ]
        self.journal: list[dict[str, Any]] = [
            {"change": "create", "filing": 0, "kind": "krav", "contents": json.dumps(wire("1.00"))},
            {"change": "attach", "filing": 0},
            {"change": "amend", "filing": 0, "contents": json.dumps(wire("2.00"))},
            {"change": "amend", "filing": 0, "contents": json.dumps(wire("3.00"))},
            {"change": "withdraw", "filing": 0},
            {"change": "create", "filing": 1, "kind": "krav", "contents": json.dumps(wire("4.00"))},
        ]
        file = {"id": "B1-1", "navn": INVOICE.name, "sha256": INVOICE.sha256}
        self.shown: list[dict[str, Any]] = [
            {"id": "F1", "status": "slettet", "bilag": [file], **wire("3.00")},
            {"id": "F2", "status": "modtaget", **wire("4.00")},
        ]
        self.kept = {"B1-1": FILE}
        self.corrections: list[Corrected] = []

    def course(self) -> Course:
        asked = [
            asked_of((number, known, known), document, False)
            for number, (known, document) in enumerate(zip(self.known, self.documents, strict=True))
        ]
        changes = changes_of(json.dumps(line) for line in self.journal).get(IDENTITY, [])
        return Course(asked, self.corrections, self.answers, changes)

    def faults(self) -> set[str]:
        with tempfile.TemporaryDirectory() as folder:
            for name, content in self.kept.items():
                (Path(folder) / name).write_bytes(content)
            shown: list[Shown] = [shown_of(one) for one in self.shown]
            return set(judge_filing(self.course(), shown, attached_bytes(self.documents, Path()), Path(folder)))


class Tampering(unittest.TestCase):
    def setUp(self) -> None:
        self.stage = Stage()

    def fails(self, *faults: str) -> None:
        self.assertEqual(self.stage.faults(), set(faults))

    def test_nothing_is_wrong(self) -> None:
        self.fails()

    def test_contents_are_not_those_of_the_last_amendment(self) -> None:
        self.stage.shown[0]["hovedstol"] = "2.00"
        self.fails("contents")

    def test_an_amendment_had_other_contents(self) -> None:
        self.stage.journal[2]["contents"] = json.dumps(wire("2.01"))
        self.fails("contents")

    def test_the_creditor_is_another(self) -> None:
        self.stage.shown[1]["kreditor"] = {"cvrNummer": "97281536"}
        self.fails("contents")

    def test_it_was_not_withdrawn(self) -> None:
        self.stage.shown[0]["status"] = "modtaget"
        self.fails("contents")

    def test_the_second_filing_is_missing(self) -> None:
        del self.stage.shown[1]
        self.fails("contents")

    def test_an_attachment_is_missing(self) -> None:
        self.stage.shown[0]["bilag"] = []
        self.fails("attachments")

    def test_an_attachment_is_there_twice(self) -> None:
        self.stage.shown[0]["bilag"] *= 2
        self.fails("attachments")

    def test_an_attachment_belongs_to_the_other_filing(self) -> None:
        self.stage.shown[1]["bilag"] = self.stage.shown[0].pop("bilag")
        self.fails("attachments")

    def test_one_byte_of_an_attachment_is_another(self) -> None:
        self.stage.kept["B1-1"] = FILE[:-1] + b"."
        self.fails("attachments")

    def test_filed_twice(self) -> None:
        self.stage.journal.insert(1, dict(self.stage.journal[0], filing=1))
        self.stage.journal[-1]["filing"] = 2
        self.fails("stories")

    def test_amended_twice(self) -> None:
        self.stage.journal.insert(3, dict(self.stage.journal[2]))
        self.fails("stories")

    def test_an_answer_is_missing(self) -> None:
        self.stage.answers[2] = Answer("no answer")
        self.fails("stories")

    def test_an_answer_has_the_receipt_of_another_change(self) -> None:
        self.stage.answers[2] = replace(self.stage.answers[2], receipt="K2")
        self.fails("stories")

    def test_an_answer_has_another_first_receipt(self) -> None:
        self.stage.answers[2] = replace(self.stage.answers[2], first="K2")
        self.fails("stories")

    def test_a_revision_is_counted_twice(self) -> None:
        self.stage.answers[4] = replace(self.stage.answers[4], revision=6)
        self.fails("stories")

    def test_what_was_answered_before_the_next_was_asked_cannot_be_cancelled_by_it(self) -> None:
        stage = self.stage
        stage.documents, stage.known = stage.documents[:1] + stage.documents[3:4], [0, 1]
        stage.answers = [Answer("cancelled"), Answer("cancelled")]
        stage.journal, stage.shown = [], []
        self.fails("stories")
        stage.known = [0, 0]
        self.fails()

    def test_an_outcome_that_the_table_does_not_have(self) -> None:
        self.stage.answers[4] = Answer("already-filed", "K4", "K1", 4, "F1")
        self.stage.journal.pop()
        self.stage.shown.pop()
        self.fails("stories")


class Timing(unittest.TestCase):
    """What the timing decides."""

    def setUp(self) -> None:
        self.stage = Stage()
        self.stage.known = [0, 0, 0, 0, 0]

    def test_two_amendments_may_join(self) -> None:
        self.stage.answers[1:] = [
            Answer("amended", "K2", "K1", 2, "F1"),
            Answer("amended", "K2", "K1", 2, "F1"),
            Answer("withdrawn", "K3", "K1", 3, "F1"),
            Answer("filed", "K4", "", 4, "F2"),
        ]
        del self.stage.journal[2]
        self.assertEqual(self.stage.faults(), set())
        self.stage.known[2] = 2
        self.assertEqual(self.stage.faults(), {"stories"})

    def test_a_withdrawal_may_cancel_an_amendment_that_waits(self) -> None:
        self.stage.answers[2:] = [
            Answer("cancelled", "K2", "K1", 2, "F1"),
            Answer("withdrawn", "K3", "K1", 3, "F1"),
            Answer("filed", "K4", "", 4, "F2"),
        ]
        del self.stage.journal[3]
        self.stage.shown[0] |= wire("2.00")
        self.assertEqual(self.stage.faults(), set())
        self.stage.shown[0] |= wire("3.00")
        self.assertEqual(self.stage.faults(), {"contents"})

    def test_an_amendment_with_other_attachments_does_not_join(self) -> None:
        self.stage.documents[1:] = []
        self.stage.documents.append(request("amend", "2.00"))
        self.stage.known = [0, 0]
        self.stage.answers = [Answer("filed", "K1", "", 1, "F1"), Answer("amended", "K1", "", 1, "F1")]
        self.stage.journal = [{**self.stage.journal[0], "contents": json.dumps(wire("2.00"))}]
        self.stage.shown = [{"id": "F1", "status": "modtaget", **wire("2.00")}]
        self.assertEqual(self.stage.faults(), {"stories"})

    def test_what_waits_for_another_number_is_not_sent_before(self) -> None:
        asked = asked_of((0, 0, 0), request("submit"), True)
        change = Change("submit", "K1", "F1", asked.contents)
        answer = Answer("filed", "K1", "", 1, "F1")
        self.assertIsNone(Course([asked], [], [answer], [change]).explanation())
        self.assertIsNotNone(Course([asked], [Corrected(1, 0, 1)], [answer], [change]).explanation())

    def test_a_kill_before_the_first_search_lets_nothing_join(self) -> None:
        asked = [
            asked_of((number, 0, 0), request("amend" if number else "submit", f"{number}.00"), True)
            for number in (0, 1)
        ]
        changes = [Change(one.action, f"K{one.number + 1}", "F1", one.contents) for one in asked]
        answers = [Answer("filed", "K1", "", 1, "F1"), Answer("amended", "K2", "K1", 2, "F1")]
        course = Course(asked, [Corrected(2, 0, 2)], answers, changes)
        self.assertIsNone(course.explanation())
        self.assertIsNotNone(replace(course, allows_early_doubt=True).explanation())
        # It is sent only when there is an estate all the same.
        self.assertIsNone(replace(course, corrections=[], allows_early_doubt=True).explanation())


class Corrections(unittest.TestCase):
    """A death that was none."""

    def setUp(self) -> None:
        self.asked = asked_of((0, 0, 0), request("submit"), False)
        self.change = Change("submit", "K1", "F1", self.asked.contents)
        self.filed = Answer("filed", "K1", "", 1, "F1")

    def course(self, answer: Answer, listed: Listed | None, answered: int = 0, filed: bool = True) -> Course:
        correction = Corrected(1, answered, answered, True, listed)
        return Course([self.asked], [correction], [answer], [self.change] if filed else [])

    def test_it_names_what_is_filed(self) -> None:
        listed = Listed("filed", "K1", "F1")
        self.assertIsNotNone(self.course(self.filed, listed, answered=1).explanation())
        self.assertIsNone(self.course(self.filed, None, answered=1).explanation())
        self.assertIsNone(self.course(self.filed, replace(listed, receipt="K2"), answered=1).explanation())
        self.assertIsNone(self.course(self.filed, Listed("under-way"), answered=1).explanation())

    def test_it_names_what_is_under_way(self) -> None:
        self.assertIsNotNone(self.course(self.filed, Listed("under-way")).explanation())

    def test_it_may_have_come_before(self) -> None:
        self.assertIsNotNone(self.course(self.filed, None).explanation())

    def test_it_cancels_what_waits_and_nothing_is_filed_then(self) -> None:
        self.assertIsNotNone(self.course(Answer("cancelled"), None, filed=False).explanation())
        self.assertIsNone(self.course(Answer("cancelled"), None).explanation())

    def test_notifications_have_their_answers(self) -> None:
        found = {"outcome": "estate-found", "estateId": "bo-1"}
        self.assertTrue(judge_notification({}, [], found, "bo-1"))
        self.assertFalse(judge_notification({}, [], found, "bo-2"))
        self.assertFalse(judge_notification({}, [], {"outcome": "withdrawn"}, "bo-1"))
        self.assertTrue(judge_notification({}, ["withdrawn"], {"outcome": "withdrawn"}, "bo-1"))
        self.assertFalse(judge_notification({"withdrawn": True}, ["withdrawn"], found, "bo-1"))


class Made(unittest.TestCase):
    """The cycles themselves."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_the_same_seed_makes_the_same_cycles(self) -> None:
        made = [Cycles(7, 40, 15, self.folder).persons for _ in range(2)]
        self.assertEqual(*made)
        self.assertNotEqual(made[0], Cycles(8, 40, 15, self.folder).persons)

    def test_they_are_what_the_schemas_take_and_hold_everything(self) -> None:
        persons = Cycles(7, 200, 15, self.folder).persons
        self.assertEqual(sum(person.cycles for person in persons), 200)
        seen: set[str] = set()
        for person in persons:
            self.assertEqual(len({step.record.key for step in person.steps}), 1)
            for step in person.steps:
                topic = step.record.topic.removeprefix("estate.")
                self.assertTrue(schema_check.accepts(topic, step.record.value, list(step.record.headers)))
                self.assertNotIn(STEP, dict(step.record.headers))
                document = json.loads(step.record.value or b"")
                document = document.get("data", document)
                seen |= {document.get("kind", ""), document.get("action", "submit")}
                seen |= {word for word in ("previousCpr", "withdrawn") if word in document}
                seen |= {word for one in document.get("attachments", []) for word in ("file", "content") if word in one}
        self.assertLessEqual({"claim", "receivable", "inventory", "inquiry", "submit", "amend", "withdraw"}, seen)
        self.assertLessEqual({"previousCpr", "withdrawn", "file", "content"}, seen)
        topics = {step.record.topic for person in persons for step in person.steps}
        self.assertEqual(topics, {NOTIFICATIONS, REQUESTS})


if __name__ == "__main__":
    unittest.main()
