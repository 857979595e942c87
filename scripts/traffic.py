"""Made-up requests: claims for the benchmark, and mixtures of everything for the end-to-end and chaos runs.

Every CPR number has 60 added to its day: no living or dead person has such a number.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import events

NOTIFICATIONS = "estate.death-notifications"
REQUESTS = "estate.claim-requests"

Message = dict[str, Any]

#: The header in which a request says what should become of it: outcomes or category/reason, separated by "|".
EXPECT = "audit.expect"

#: A test organisation's number: real ones are divisible by 11, this one is not.
CREDITOR = "97281536"

_FIRST_BIRTH = date(1925, 1, 1)
_BIRTHDAYS = 12_000


@dataclass(frozen=True)
class Record:
    """One record to produce. `expect` is empty when nothing is expected in particular."""

    topic: str
    key: bytes | None
    value: bytes | None
    expect: str = ""
    headers: tuple[tuple[str, bytes], ...] = ()


#: The simulator behaves in a special way for numbers that end so.
NOT_FOUND, AMBIGUOUS, LATE, REFUSED, ANSWER_LOST = range(5)
_FIRST_ORDINARY = 100


def cpr(person: int, serial: int | None = None) -> str:
    """The fictitious CPR number of a person: a different one for each number from 0 to 46,799,999."""
    born = _FIRST_BIRTH + timedelta(days=person % _BIRTHDAYS)
    serial = _FIRST_ORDINARY + person // _BIRTHDAYS if serial is None else serial
    if serial >= 4000:
        raise ValueError("no more CPR numbers")
    return f"{born.day + 60:02}{born.month:02}{born.year % 100:02}{serial:04}"


def key(digits: str) -> bytes:
    """A stable pseudonym, as a creditor would make one with a secret of its own."""
    return hashlib.sha256(b"made-up:" + digits.encode()).hexdigest()[:32].encode()


def encode(message: object) -> bytes:
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()


def claim(digits: str, reference: str, principal: str = "12845.50") -> Message:
    """A claim of an ordinary size, about 600 bytes."""
    return {
        "id": f"request-{reference}",
        "kind": "claim",
        "reference": reference,
        "creditor": {"cvr": CREDITOR},
        "deceased": {"cpr": digits, "dateOfDeath": "2026-09-14"},
        "claim": {"principal": principal, "interest": "318.25", "costs": "100.00", "preliminary": False},
        "text": "Amount owed on an account, computed on the day of death, with interest. Invoice of 1 March 2026 "
        "with two reminders since. Contract 8410-0004567890; the statement of the account follows on demand. "
        "Contact: estates@creditor.example, weekdays 9 to 15.",
        "source": {"system": "ledger-north", "batch": "2026-11-24"},
    }


def claims(count: int, prefix: str) -> Iterator[Record]:
    """Claims on different persons with different references."""
    for number in range(count):
        reference = f"{prefix}-{number:06}"
        digits = cpr(number)
        yield Record(REQUESTS, key(digits), encode(claim(digits, reference)))


#: Which share of the persons is special, as running sums, and what becomes of their requests when they fail.
_SPECIAL = ((0.01, NOT_FOUND), (0.02, AMBIGUOUS), (0.04, LATE), (0.05, REFUSED), (0.10, ANSWER_LOST))
_FAILURES: dict[int | None, str] = {
    NOT_FOUND: "validation/estate-not-found",
    AMBIGUOUS: "validation/estate-ambiguous",
    REFUSED: "validation/refused-by-portal",
}


class Mixture:
    """An endless stream of requests of all kinds, the same for the same seed.

    With `strict`, each request says in a header what must become of it, which holds when each is produced once
    and the portal's faults only delay. Files to be attached are written below `folder`; without one, all attachments
    are inline.
    """

    def __init__(self, seed: int, strict: bool = True, prefix: str = "mix", folder: Path | None = None) -> None:
        self._random = random.Random(seed)
        self._folder = folder
        self._strict = strict
        self._prefix = f"{prefix}{seed}"
        self._persons = 0
        self._references = 0
        self._records = 0

    def __iter__(self) -> Iterator[Record]:
        while True:
            yield from self._person()

    def _person(self) -> Iterator[Record]:
        """All that one death sets off: often a notification, then one to three filings and their changes."""
        person = self._persons
        self._persons += 1
        chance = self._random.random()
        special = next((serial for limit, serial in _SPECIAL if chance < limit), None)
        digits = cpr(person, special)
        failure = _FAILURES.get(special)
        if self._random.random() < 0.4:
            notified = "estate-found" if special == REFUSED else failure or "estate-found"
            yield self._record(NOTIFICATIONS, digits, self._notification(person, digits), notified)
        if self._random.random() < 0.08:
            yield self._broken(digits)
        elif failure:
            yield self._record(REQUESTS, digits, self._submit(digits), failure)
        else:
            for _ in range(self._random.choice((1, 1, 1, 2, 3))):
                yield from self._filing(digits)

    def _notification(self, person: int, digits: str) -> Message:
        return {
            "id": f"death-{self._prefix}-{person}",
            "cpr": digits,
            "dateOfDeath": "2026-09-14",
            "source": "made-up register",
            "occurredAt": "2026-09-16T08:00:00Z",
        }

    def _filing(self, digits: str) -> Iterator[Record]:
        submit = self._submit(digits)
        chance = self._random.random()
        withdrawn = chance >= 0.92
        yield self._record(REQUESTS, digits, submit, "filed|cancelled" if withdrawn else "filed")
        if chance < 0.08:
            yield self._record(REQUESTS, digits, {**submit, "id": f"{submit['id']}-again"}, "already-filed")
        elif chance < 0.12 and submit["kind"] == "claim":
            other = self._changed(submit, "999.00", "submit")
            yield self._record(REQUESTS, digits, other, "validation/conflicting-reference")
        elif chance < 0.20:
            for number in range(self._random.choice((1, 2))):
                yield self._record(REQUESTS, digits, self._changed(submit, f"{500 + number}.00", "amend"), "amended")
        elif withdrawn:
            withdraw = {**submit, "id": f"{submit['id']}-withdraw", "action": "withdraw"}
            yield self._record(REQUESTS, digits, withdraw, "withdrawn|cancelled")

    def _submit(self, digits: str) -> Message:
        reference = f"{self._prefix}-{self._references:06}"
        self._references += 1
        message = claim(digits, reference, f"{self._random.randrange(100, 90_000)}.{self._random.randrange(100):02}")
        kind = self._random.choice(("claim", "claim", "claim", "receivable", "inventory", "inquiry"))
        if kind != "claim":
            del message["claim"]
        message["kind"] = kind
        if kind == "receivable":
            message["receivable"] = {"amount": "4200.00"}
        elif kind == "inventory":
            item = {"description": "Safe-deposit box 114", "estimatedValue": "2500.00", "location": "Odense"}
            message["inventory"] = {"items": [item, {"description": "Bicycle"}]}
        elif kind == "inquiry":
            message["inquiry"] = {"legalInterest": "Landlord: the lease of the flat must be ended."}
        if self._random.random() < 0.08:
            message["attachments"] = [self._attachment(number) for number in range(self._random.choice((1, 1, 2, 3)))]
        return message

    def _attachment(self, number: int) -> Message:
        in_file = self._folder is not None and self._random.random() < 0.5
        size = self._random.choice((0, 1, 2000, 70_000, 400_000)) if in_file else self._random.randrange(3000)
        content = self._random.randbytes(size)
        digest = hashlib.sha256(content).hexdigest()
        message: Message = {"name": f"statement {number}.pdf", "mediaType": "application/pdf", "sha256": digest}
        if in_file:
            message |= {"file": self._write(digest, content), "size": size}
        else:
            message["content"] = base64.b64encode(content).decode()
        return message

    def _write(self, digest: str, content: bytes) -> str:
        assert self._folder
        path = Path(digest[:2]) / f"{digest}.pdf"
        file = self._folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return str(path)

    def _changed(self, submit: Message, amount: str, action: str) -> Message:
        """The same filing with another amount, or another text where there is none."""
        changed = {
            **submit,
            "id": f"{submit['id']}-{action}-{amount}",
            "action": action,
            "text": f"Changed to {amount}.",
        }
        if submit["kind"] == "claim":
            changed["claim"] = {"principal": amount}
        if action == "amend" and "attachments" in submit and self._random.random() < 0.5:
            changed["attachments"] = [*submit["attachments"], self._attachment(len(submit["attachments"]))]
        return changed

    def _broken(self, digits: str) -> Record:
        """A request that cannot be filed, each of a different sort."""
        submit = self._submit(digits)
        match self._random.randrange(11):
            case 0:
                return self._record(REQUESTS, digits, b'{"id":"cut short', "validation/malformed")
            case 1:
                return self._record(REQUESTS, digits, None, "validation/malformed")
            case 2:
                return self._record(REQUESTS, digits, {**submit, "kind": "wish"}, "validation/malformed")
            case 3:
                return self._record(REQUESTS, digits, b"[" * 1000 + b"]" * 1000, "validation/malformed")
            case 4:
                impossible = {**submit, "deceased": {"cpr": "9113991234"}}
                return self._record(REQUESTS, digits, impossible, "validation/invalid-cpr")
            case 5:
                other = {**self._attachment(0), "sha256": "0" * 64}
                return self._record(
                    REQUESTS, digits, {**submit, "attachments": [other]}, "validation/attachment-mismatch"
                )
            case 6 | 7 if self._folder:
                attachment = self._attachment(0)
                attachment.pop("content", None)
                attachment["file"] = self._random.choice(("../escape.pdf", "not/there.pdf", "/etc/passwd"))
                return self._record(
                    REQUESTS, digits, {**submit, "attachments": [attachment]}, "validation/attachment-unusable"
                )
            case 8:
                headers, value = events.message("structured", "claim-request", 0, submit)
                unnamed = value.replace(b'"source":', b'"sauce":', 1)
                return self._event(digits, unnamed, headers)
            case 9:
                headers, value = events.message("binary", "claim-request", 0, submit)
                return self._event(digits, value, headers | {"ce_specversion": b"0.3"})
            case _:
                earlier = {**submit, "deceased": {"cpr": digits, "dateOfDeath": "2021-03-01"}}
                return self._record(REQUESTS, digits, earlier, "validation/died-before-portal")

    def _event(self, digits: str, value: bytes, headers: dict[str, bytes]) -> Record:
        """An event that is none."""
        expect = "validation/malformed" if self._strict else ""
        return Record(REQUESTS, key(digits), value, expect, tuple(headers.items()))

    def _record(self, topic: str, digits: str, message: Message | bytes | None, expect: str) -> Record:
        expect = expect if self._strict else ""
        if isinstance(message, bytes) or message is None:
            return Record(topic, key(digits), message, expect)
        self._records += 1
        mode = self._random.choice((None, None, None, "binary", "structured"))
        if mode is None:
            return Record(topic, key(digits), encode(message), expect)
        kind = "claim-request" if topic == REQUESTS else "death-notification"
        headers, value = events.message(mode, kind, self._records, message)
        return Record(topic, key(digits), value, expect, tuple(headers.items()))
