"""What the auditor concludes: pure counting over what was read, with no Kafka and no HTTP in it.

Each request record must have exactly one result that a read_committed reader sees, each filing must have been
stored once, and the portal must have seen the changes of a filing in the order in which they were produced.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple


class Place(NamedTuple):
    """Where a record stands."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}@{self.offset}"


class Identity(NamedTuple):
    """What makes a filing one filing."""

    cvr: str
    on_behalf_of: str
    kind: str
    reference: str


class Attached(NamedTuple):
    """An attachment; two with the same name and contents are the same."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Request:
    place: Place
    key: bytes | None = None
    digest: str = ""  #: of the value and the headers, to see whether a dead letter kept them
    identity: Identity | None = None
    action: str = "submit"
    expect: str = ""
    at: float = 0.0  #: seconds
    attachments: frozenset[Attached] = frozenset()


@dataclass(frozen=True)
class Result:
    """A reply or a dead letter."""

    place: Place
    source: Place | None
    label: str  #: the outcome, or category/reason
    dead: bool = False
    key: bytes | None = None
    digest: str = ""
    receipt: str = ""
    filing: str = ""
    at: float = 0.0


@dataclass(frozen=True)
class Filing:
    """What the simulator stored under one identity: `events` are submit, amend and withdraw, in order."""

    identity: Identity
    events: tuple[str, ...] = ("submit",)
    receipts: frozenset[str] = frozenset()
    attachments: tuple[tuple[str, Attached], ...] = ()  #: each with the filing's number

    @property
    def stored(self) -> int:
        return self.events.count("submit")

    @property
    def duplicates(self) -> int:
        """How often it was filed while it stood there already. After a withdrawal it may be filed again."""
        active = found = 0
        for event in self.events:
            if event == "submit":
                found += active > 0
                active += 1
            elif event == "withdraw":
                active = max(active - 1, 0)
        return found


#: Which change at the portal stands behind an outcome.
_CHANGE = {"filed": "submit", "amended": "amend", "withdrawn": "withdraw"}

#: Counts that must be zero, with the words for them, in the order in which they are printed.
FAULTS = {
    "duplicates": "duplicates",
    "lost": "lost",
    "answered_twice": "answered twice",
    "unfounded": "replies without a filing",
    "unanswered": "filings without a reply",
    "order": "order violations",
    "unattached": "attachments missing",
    "attached_twice": "attachments stored twice",
    "unasked": "attachments nobody asked for",
    "altered": "dead letters altered",
    "wrong_key": "replies under another key",
    "strays": "results without a request",
    "unexpected": "unexpected outcomes",
    "lag": "group lag",
    "hanging": "hanging transactions",
    "undescribed": "records that part from schemas/",
}


@dataclass
class Verdict:
    requests: int = 0
    notifications: int = 0
    replies: int = 0
    dead_letters: int = 0
    filings: int = 0
    attachments: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    examples: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    longest_stall: float = 0.0
    #: Records that were held against the schemas.
    described: int = 0

    @property
    def passed(self) -> bool:
        return not any(self.faults[name] for name in FAULTS)

    def fault(self, name: str, example: str, count: int = 1) -> None:
        self.faults[name] += count
        if len(self.examples[name]) < 5:
            self.examples[name].append(example)


def judge(
    requests: Iterable[Request], results: Iterable[Result], filings: Iterable[Filing], inputs: str = ""
) -> Verdict:
    """Judges a run that is at rest. `inputs` is the name of the notifications topic, which is counted apart."""
    verdict = Verdict()
    asked = {request.place: request for request in requests}
    stored = {filing.identity: filing for filing in filings}
    answers: defaultdict[Place, list[Result]] = defaultdict(list)
    for result in sorted(results, key=lambda one: one.at):
        verdict.labels[result.label] += 1
        verdict.dead_letters += result.dead
        verdict.replies += not result.dead
        if result.source in asked:
            answers[result.source].append(result)
        else:
            verdict.fault("strays", f"{result.place} names {result.source}")
    verdict.notifications = sum(place.topic == inputs for place in asked)
    verdict.requests = len(asked) - verdict.notifications
    for request in asked.values():
        _judge_answers(verdict, request, answers[request.place])
    _judge_filings(verdict, asked, answers, stored)
    verdict.longest_stall = _longest_stall(result for found in answers.values() for result in found)
    return verdict


def _judge_answers(verdict: Verdict, request: Request, answers: list[Result]) -> None:
    if not answers:
        verdict.fault("lost", str(request.place))
    if len(answers) > 1:
        verdict.fault("answered_twice", f"{request.place}: {', '.join(str(one.place) for one in answers)}")
    for answer in answers:
        if answer.key != request.key:
            verdict.fault("wrong_key", str(answer.place))
        if answer.dead and answer.digest != request.digest:
            verdict.fault("altered", str(answer.place))
        if request.expect and answer.label not in request.expect.split("|"):
            verdict.fault("unexpected", f"{request.place} is {answer.label}, not {request.expect}")


def _judge_filings(
    verdict: Verdict,
    asked: dict[Place, Request],
    answers: dict[Place, list[Result]],
    stored: dict[Identity, Filing],
) -> None:
    changes: defaultdict[Identity, list[tuple[Request, list[Result]]]] = defaultdict(list)
    for place, request in asked.items():
        if request.identity:
            changes[request.identity].append((request, answers.get(place, [])))
    for identity, filing in stored.items():
        verdict.filings += filing.stored
        if filing.duplicates:
            verdict.fault("duplicates", f"{identity.reference}: {', '.join(filing.events)}", filing.duplicates)
        if identity not in changes:
            verdict.fault("unanswered", f"{identity.reference}: nobody asked for it")
    for identity, asked_for in changes.items():
        asked_for.sort(key=lambda pair: pair[0].place)
        found = stored.get(identity)
        for _, results in asked_for:
            for result in results:
                backed = found is not None and result.receipt in found.receipts
                if not result.dead and result.label != "cancelled" and not backed:
                    verdict.fault("unfounded", f"{result.place}: receipt {result.receipt or 'missing'}")
        _judge_order(verdict, identity, asked_for, found)
        _judge_attachments(verdict, identity, asked_for, found.attachments if found else ())


def _judge_attachments(
    verdict: Verdict,
    identity: Identity,
    asked_for: list[tuple[Request, list[Result]]],
    stored: tuple[tuple[str, Attached], ...],
) -> None:
    """Each filing has what its answered requests ask for, byte for byte, once, and nothing else."""
    verdict.attachments += len(stored)
    for (filing, attached), count in Counter(stored).items():
        if count > 1:
            verdict.fault("attached_twice", f"{identity.reference}: {attached.name} of {filing}", count - 1)
        if not any(attached in request.attachments for request, _ in asked_for):
            verdict.fault("unasked", f"{identity.reference}: {attached.name} of {filing}")
    for request, results in asked_for:
        for result in results:
            if result.label not in ("filed", "amended", "already-filed"):
                continue
            for attached in request.attachments:
                if (result.filing, attached) not in stored:
                    verdict.fault("unattached", f"{result.place}: {attached.name} of {result.filing}")


def _judge_order(
    verdict: Verdict, identity: Identity, asked_for: list[tuple[Request, list[Result]]], found: Filing | None
) -> None:
    """The portal's events must be those that the replies claim, in the order of the requests.

    What is amended with the receipt of the reply before it has joined that request, and was no event of its own.
    """
    expected, receipt = [], ""
    for _, results in asked_for:
        for result in results[:1]:
            if result.label in _CHANGE and not (result.label == "amended" and result.receipt == receipt):
                expected.append(_CHANGE[result.label])
            receipt = result.receipt
    events = list(found.events) if found else []
    if found and not found.duplicates and events != expected:
        missing = sorted((Counter(expected) - Counter(events)).elements())
        extra = sorted((Counter(events) - Counter(expected)).elements())
        if extra:
            verdict.fault("unanswered", f"{identity.reference}: {', '.join(extra)} that no reply tells of")
        elif not missing:
            verdict.fault("order", f"{identity.reference}: {events}, not {expected}")
    sequence = [result.place.offset for _, results in asked_for for result in results[:1] if not result.dead]
    if sequence != sorted(sequence):
        verdict.fault("order", f"{identity.reference}: replies not in the order of the requests")


def _longest_stall(results: Iterable[Result]) -> float:
    times = sorted(result.at for result in results)
    return max((later - earlier for earlier, later in zip(times, times[1:], strict=False)), default=0.0)
