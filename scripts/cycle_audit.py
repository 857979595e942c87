"""Holds the portal's final state and all answers of a run of life cycles against the requests alone.

From the requests it computes what the portal must have been sent; from the model, which answers that may have led to.
The portal's account is read in three ways: its journal has every change with its contents, its API shows how each
filing is now, and a folder has the bytes of each attachment.
"""

from __future__ import annotations

import base64
import http.client
import json
import urllib.parse
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import audit
from confluent_kafka import Message
from cycle_model import Answer, Asked, Change, Corrected, Course, Listed
from cycles import STEP
from machine import Failure
from traffic import NOTIFICATIONS, REQUESTS
from verdict import Attached, Identity, Place

#: Counts that must be zero, with the words for them.
FAULTS = {
    "stories": "wrong answers",
    "contents": "wrong contents",
    "attachments": "wrong attachments",
    "notifications": "wrong answers to notifications",
}
_COLLECTIONS = {
    "claim": "krav",
    "receivable": "tilgodehavender",
    "inventory": "effektfortegnelser",
    "inquiry": "forespoergsler",
}


@dataclass(frozen=True)
class Shown:
    """A filing as the portal shows it at the end."""

    id: str
    withdrawn: bool
    contents: str
    #: Each with its number.
    attachments: tuple[tuple[str, Attached], ...] = ()


@dataclass
class Findings:
    cycles: int = 0
    filings: int = 0
    attachments: int = 0
    #: Filings whose answers only a kill between the intent and the first search explains.
    early_doubts: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    examples: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    #: How often a filing ended with which answers, for whoever wonders what the run was made of.
    outcomes: Counter[str] = field(default_factory=Counter)

    def fault(self, name: str, text: str) -> None:
        self.faults[name] += 1
        if len(self.examples[name]) < 3:
            self.examples[name].append(text)

    @property
    def passed(self) -> bool:
        return not any(self.faults.values())

    @property
    def summary(self) -> str:
        return ", ".join(f"{words} {self.faults[name]}" for name, words in FAULTS.items())


def canonical(document: Any) -> str:
    return json.dumps(document, sort_keys=True, ensure_ascii=False)


def wire_contents(request: dict[str, Any]) -> str:
    """What the portal must have of a request, in the API's words (openapi/portal.yaml)."""
    creditor = {"cvrNummer": request["creditor"]["cvr"], "paaVegneAf": request["creditor"].get("onBehalfOf")}
    body: dict[str, Any] = {
        "kreditor": {name: value for name, value in creditor.items() if value is not None},
        "reference": request["reference"],
        "tekst": request.get("text"),
    }
    if claim := request.get("claim"):
        body |= {
            "hovedstol": claim["principal"],
            "renter": claim.get("interest"),
            "omkostninger": claim.get("costs"),
            "foreloebig": claim.get("preliminary") or None,
            "pant": {"beskrivelse": claim["pledge"]["description"]} if "pledge" in claim else None,
        }
    if receivable := request.get("receivable"):
        body["beloeb"] = receivable["amount"]
    if inventory := request.get("inventory"):
        names = {"description": "beskrivelse", "estimatedValue": "anslaaetVaerdi", "location": "placering"}
        body["effekter"] = [{names[name]: value for name, value in item.items()} for item in inventory["items"]]
    if inquiry := request.get("inquiry"):
        body["begrundelse"] = inquiry["legalInterest"]
    return canonical({name: value for name, value in body.items() if value is not None})


def shown_contents(filing: dict[str, Any]) -> str:
    """The same of what the portal shows or keeps: what is false is the same as what is not said."""
    ours = {"id", "kvittering", "status", "bilag"}
    rest = {name: value for name, value in filing.items() if name not in ours}
    if rest.get("foreloebig") is False:
        del rest["foreloebig"]
    return canonical(rest)


def identity_of_wire(kind: str, contents: dict[str, Any]) -> Identity:
    creditor = contents["kreditor"]
    return Identity(creditor["cvrNummer"], creditor.get("paaVegneAf") or "", kind, contents["reference"])


def changes_of(journal: Iterable[str]) -> dict[Identity, list[Change]]:
    """Each change with its contents, from the portal's journal. Receipts are numbered in the order of the changes."""
    kinds = {collection: kind for kind, collection in _COLLECTIONS.items()}
    found: defaultdict[Identity, list[Change]] = defaultdict(list)
    identities: list[Identity] = []
    names = {"create": "submit", "amend": "amend", "withdraw": "withdraw"}
    receipts = 0
    for text in journal:
        line = json.loads(text)
        if line["change"] == "attach":
            continue
        receipts += 1
        contents = json.loads(line["contents"]) if "contents" in line else {}
        if line["change"] == "create":
            identities.append(identity_of_wire(kinds[line["kind"]], contents))
        found[identities[line["filing"]]].append(
            Change(
                names[line["change"]],
                f"K{receipts}",
                f"F{line['filing'] + 1}",
                shown_contents(contents) if contents else "",
            )
        )
    return found


def shown_of(filing: dict[str, Any]) -> Shown:
    attachments = tuple((one["id"], Attached(one["navn"], one["sha256"])) for one in filing.get("bilag", []))
    return Shown(filing["id"], filing["status"] == "slettet", shown_contents(filing), attachments)


def asked_of(step: tuple[int, int, int], document: dict[str, Any], needs_number: bool) -> Asked:
    number, answered, accepted = step
    action = document.get("action", "submit")
    sent = {name: value for name, value in document.items() if name not in ("id", "action")}
    return Asked(
        number,
        answered,
        accepted,
        action,
        "" if action == "withdraw" else wire_contents(document),
        audit.attachments_of(document),
        canonical(sent),
        needs_number,
    )


def step_of(message: Message) -> tuple[int, tuple[int, int, int]]:
    """Whose step it is, and its number with how many were answered and accepted before it was produced."""
    person, *step = (int(part) for part in audit.header(message, STEP).split("/"))
    return person, (step[0], step[1], step[2])


def answer_of(message: Message) -> tuple[Place | None, Answer, dict[str, Any]]:
    document = audit.contents(message)
    receipt, first = document.get("receipt") or {}, document.get("firstReceipt") or {}
    answer = Answer(
        str(document.get("outcome")),
        receipt.get("id", ""),
        first.get("id", ""),
        document.get("revision", 0),
        document.get("filingId", ""),
    )
    return audit.reply_of(message).source, answer, document


def listed_of(reply: dict[str, Any], identity: Identity) -> Listed | None:
    for one in reply.get("filings", []):
        if audit.identity_of(one) == identity and audit.identity_of(one["withdraw"]) == identity:
            return Listed(one["state"], one.get("receipt", {}).get("id", ""), one.get("filingId", ""))
    return None


def judge_filing(course: Course, shown: list[Shown], folder: dict[Attached, bytes], kept: Path) -> Iterable[str]:
    """The faults of one filing: which, with a word of explanation."""
    end = course.explanation()
    if end is None:
        free = replace(course, checks_contents=False)
        yield "stories" if free.explanation() is None else "contents"
        return
    expected = course.contents(end)
    if {one.id: (one.contents, one.withdrawn) for one in shown} != expected or len(shown) != len(expected):
        yield "contents"
    wanted = course.attachments(end)
    for filing in shown:
        found = [attached for _, attached in filing.attachments]
        if sorted(found) != sorted(wanted.get(filing.id, set())):
            yield "attachments"
            continue
        for name, attached in filing.attachments:
            if (kept / name).read_bytes() != folder[attached]:
                yield "attachments"


def judge_notification(document: dict[str, Any], labels: list[str], reply: dict[str, Any], estate: str) -> bool:
    """Whether a notification's answer is one that it may have. `labels` are those of the person's corrections."""
    outcome = reply.get("outcome")
    if document.get("withdrawn"):
        return outcome == "withdrawn"
    if outcome == "withdrawn":
        return "withdrawn" in labels
    return outcome == "estate-found" and reply.get("estateId") == estate


class Portal:
    """The portal's own account of a run."""

    def __init__(self, url: str, journal: Path, kept: Path) -> None:
        parts = urllib.parse.urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        self.kept = kept
        with journal.open() as lines:
            self.changes = changes_of(lines)

    def shown(self, estate: str, identity: Identity) -> list[Shown]:
        """The filings of that identity in that estate, as its API shows them."""
        query = urllib.parse.urlencode({"reference": identity.reference, "kreditor": identity.cvr})
        self._connection.request("GET", f"/doedsbojournaler/{estate}/{_COLLECTIONS[identity.kind]}?{query}")
        answer = self._connection.getresponse()
        listed = json.loads(answer.read())
        if answer.status != 200:
            raise Failure(f"the portal answers {answer.status} to a look-up")
        return [shown_of(one) for one in listed if identity_of_wire(identity.kind, one) == identity]


class CycleAudit:
    """Reads all of a run that is at rest, and judges each filing of each person."""

    def __init__(self, bootstrap: str, portal: Portal, files: Path, estates: dict[int, str]) -> None:
        broker = audit.Broker(bootstrap, 60)
        self._portal = portal
        self._files = files
        self._estates = estates
        self._answers: dict[Place, tuple[Answer, dict[str, Any]]] = {}
        for name in ("claim-replies", "estate-replies"):
            for message in broker.read(f"estate.{name}")[0]:
                place, answer, document = answer_of(message)
                if place:
                    self._answers.setdefault(place, (answer, document))
        for message in broker.read("estate.dead-letters")[0]:
            result = audit.dead_letter_of(message)
            if result.source:
                self._answers.setdefault(result.source, (Answer(result.label), {}))
        #: Of each person, all records with their steps.
        self._persons: defaultdict[int, list[tuple[tuple[int, int, int], Message]]] = defaultdict(list)
        for topic in (NOTIFICATIONS, REQUESTS):
            for message in broker.read(topic)[0]:
                person, step = step_of(message)
                self._persons[person].append((step, message))
        self.findings = Findings()

    def judge(self) -> Findings:
        for person, records in sorted(self._persons.items()):
            records.sort(key=lambda one: (one[0], audit.place_of(one[1])))
            self._judge_person(person, records)
        return self.findings

    def _answer(self, message: Message) -> tuple[Answer, dict[str, Any]]:
        return self._answers.get(audit.place_of(message), (Answer("no answer"), {}))

    def _judge_person(self, person: int, records: list[tuple[tuple[int, int, int], Message]]) -> None:
        estate = self._estates[person]
        news = [(step, audit.contents(one), one) for step, one in records if one.topic() == NOTIFICATIONS]
        corrections = [(step, document, one) for step, document, one in news if is_correction(document)]
        former = {document["previousCpr"] for _, document, _ in corrections if "previousCpr" in document}
        labels = ["withdrawn" for _, document, _ in corrections if document.get("withdrawn")]
        for _, document, message in news:
            if not judge_notification(document, labels, self._answer(message)[1], estate):
                text = f"person {person}: {audit.place_of(message)}: {self._answer(message)}"
                self.findings.fault("notifications", text)
        filings: defaultdict[Identity, list[tuple[tuple[int, int, int], dict[str, Any], Message]]] = defaultdict(list)
        for step, message in records:
            document = audit.contents(message)
            identity = audit.identity_of(document) if message.topic() == REQUESTS else None
            if identity:
                filings[identity].append((step, document, message))
        for identity, requests in filings.items():
            course = Course(
                [asked_of(step, one, one["deceased"]["cpr"] in former) for step, one, _ in requests],
                [
                    Corrected(*step, bool(one.get("withdrawn")), listed_of(self._answer(message)[1], identity))
                    for step, one, message in corrections
                ],
                [self._answer(message)[0] for _, _, message in requests],
                self._portal.changes.get(identity, []),
            )
            shown = self._portal.shown(estate, identity)
            self._count(course, shown)
            contents = attached_bytes((one for _, one, _ in requests), self._files)
            if course.explanation() is None:
                course = replace(course, allows_early_doubt=True)
                self.findings.early_doubts += course.explanation() is not None
            for fault in sorted(set(judge_filing(course, shown, contents, self._portal.kept))):
                self.findings.fault(fault, story(person, identity, course, shown, estate))

    def _count(self, course: Course, shown: list[Shown]) -> None:
        self.findings.cycles += 1
        self.findings.filings += len(shown)
        self.findings.attachments += sum(len(one.attachments) for one in shown)
        outcomes = [
            f"{one.action}: {answer.label}" for one, answer in zip(course.requests, course.answers, strict=True)
        ]
        self.findings.outcomes.update(outcomes)


def is_correction(notification: dict[str, Any]) -> bool:
    return bool(notification.get("withdrawn")) or "previousCpr" in notification


def attached_bytes(requests: Iterable[dict[str, Any]], files: Path) -> dict[Attached, bytes]:
    """What requests attach, to the byte."""
    found = {}
    for request in requests:
        for one in request.get("attachments", []):
            content = base64.b64decode(one["content"]) if "content" in one else (files / one["file"]).read_bytes()
            found[Attached(one["name"], one["sha256"])] = content
    return found


def story(person: int, identity: Identity, course: Course, shown: list[Shown], estate: str) -> str:
    """All about one filing: what was asked and answered, what the portal did, and how far the model could follow."""
    steps: list[tuple[int, str]] = []
    for one, answer in zip(course.requests, course.answers, strict=True):
        number = " under the former number" if one.needs_number else ""
        names = ", ".join(sorted(attached.name for attached in one.attachments))
        sender = f"after answers to {one.answered} and acceptance of {one.accepted} steps"
        steps.append((one.number, f"{one.action}{number} [{names}] {sender}: {answer}"))
    for correction in course.corrections:
        sort = "withdrawn" if correction.withdraws else "another number"
        steps.append((correction.number, f"correction, {sort}: {correction.listed}"))
    lines = [f"person {person}, {identity}, estate {estate}"]
    lines += [f"  step {number}: {text}" for number, text in sorted(steps)]
    lines += [f"  portal: {one.action} {one.filing} {one.receipt} {one.contents[:160]}" for one in course.changes]
    for filing in shown:
        names = ", ".join(f"{number} {attached.name}" for number, attached in filing.attachments)
        status = "withdrawn" if filing.withdrawn else "stands"
        lines.append(f"  shown: {filing.id} {status} [{names}] {filing.contents[:160]}")
    lines.append(f"  followed as far as {course.furthest}")
    return "\n".join(lines)


def table(findings: Findings) -> str:
    lines = [
        f"life cycles {findings.cycles}, filings at the portal {findings.filings}, attachments compared byte for byte "
        f"{findings.attachments}",
        f"filings that a kill between intent and first search has put in doubt: {findings.early_doubts}",
        "",
    ]
    lines += [f"  {count:8}  {label}" for label, count in sorted(findings.outcomes.items())]
    lines.append("")
    for name, words in FAULTS.items():
        lines.append(f"  {findings.faults[name]:8}  {words}")
        lines += findings.examples[name]
    return "\n".join(lines)
