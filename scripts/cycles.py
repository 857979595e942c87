"""Life cycles of filings as a creditor's systems would produce them: made up, and the same for the same seed.

A cycle is one filing: submit, amend twice, withdraw, submit again, with three files on the way, and now and then a
sender that repeats itself. A person has one or two of them, and often news of the death, or corrections of it, in
between.
"""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import events
from traffic import NOTIFICATIONS, REQUESTS, Message, Record, cpr, encode, key

#: In which header a record says whose step it is, which one, and how many steps of the person were answered and
#: accepted when it was produced.
STEP = "lifecycle.step"

#: Who files, and for whom. Two agencies file under the same references for different principals.
CREDITORS: list[dict[str, str]] = [
    {"cvr": "97281536"},
    {"cvr": "97281536", "onBehalfOf": "99000001"},
    {"cvr": "97281536", "onBehalfOf": "99000002"},
    {"cvr": "99000010"},
    {"cvr": "99000010", "onBehalfOf": "99000001"},
    {"cvr": "99000020"},
]
KINDS = ("claim", "receivable", "inventory", "inquiry")


@dataclass(frozen=True)
class Planned:
    """A record to be produced, and what its sender waits for: all before it to be "answered", or "accepted"."""

    record: Record
    waits_for: str = ""
    pause: float = 0.0


@dataclass
class Person:
    number: int
    digits: str
    estate: str
    #: Seconds after which the estate can be found.
    found_after: float = 0.0
    #: Numbers that the person had before; nobody is ever found under them.
    former: tuple[str, ...] = ()
    steps: list[Planned] = field(default_factory=list)
    cycles: int = 1


def estate_of(number: int) -> str:
    return f"bo-{number:07}"


class Cycles:
    """All persons of a run with `count` cycles, of which `rate` begin each second."""

    def __init__(self, seed: int, count: int, rate: float, folder: Path) -> None:
        self._dice = random.Random(seed)
        self._rate = rate
        self._folder = folder
        self._prefix = f"life{seed}"
        self._events = 0
        self.persons = list(self._persons(count))

    def _persons(self, count: int) -> Iterator[Person]:
        made = number = 0
        while made < count:
            person = self._person(number, made, count - made)
            made += person.cycles
            number += 1
            yield person

    def _person(self, number: int, made: int, most: int) -> Person:
        dice = self._dice
        person = Person(number, cpr(2 * number), estate_of(number), cycles=min(dice.choice((1, 1, 1, 2)), most))
        correction = dice.choices(("", "withdrawn", "renumbered"), (5, 3, 2))[0]
        if dice.random() < 0.2:
            person.found_after = made / self._rate + dice.uniform(0, 8)
        kind, reference = dice.choice(KINDS), f"{self._prefix}-{number:06}"
        creditors = dice.sample(CREDITORS, person.cycles) if dice.random() < 0.5 else CREDITORS[: person.cycles]
        filings = [
            self._filing(person.digits, kind, reference, creditors[index], index) for index in range(person.cycles)
        ]
        merged = self._merged(filings)
        style = dice.choices(("calm", "hasty", "mixed"), (3, 3, 4))[0]
        if correction == "withdrawn":
            self._withdrawn(person, merged)
        elif correction == "renumbered":
            self._renumbered(person, merged)
        elif dice.random() < 0.4:
            merged.insert(dice.randrange(len(merged) + 1), (NOTIFICATIONS, self._death(person.digits, "")))
        self._plan(person, merged, style, correction == "renumbered")
        return person

    def _merged(self, filings: list[list[Message]]) -> list[tuple[str, Message]]:
        """In one order, which keeps that of each."""
        rest = [list(reversed(one)) for one in filings]
        merged = []
        while any(rest):
            merged.append((REQUESTS, self._dice.choice([one for one in rest if one]).pop()))
        return merged

    def _filing(self, digits: str, kind: str, reference: str, creditor: dict[str, str], index: int) -> list[Message]:
        dice = self._dice
        files = [self._attachment(number) for number in range(3)]
        named = dice.choice(
            (
                ([0, 1, 2], [0, 1, 2], [0, 1, 2]),
                ([0], [0, 1], [0, 1, 2]),
                ([], [0], [1, 2]),
                ([], [], [0, 1, 2]),
                ([0, 1, 2], [], []),
            )
        )
        again = dice.sample(range(3), dice.randrange(4))
        common = {"kind": kind, "reference": reference, "creditor": creditor}
        common["deceased"] = {"cpr": digits, "dateOfDeath": "2026-09-14"}
        steps: list[Message] = []
        for action, chosen in (("submit", named[0]), ("amend", named[1]), ("amend", named[2]), ("withdraw", None)):
            steps.append({**common, "action": action})
            if chosen is not None:
                steps[-1] |= self._contents(kind, len(steps)) | {"attachments": [files[one] for one in chosen]}
        steps.append({**common} | self._contents(kind, 9) | {"attachments": [files[one] for one in again]})
        if dice.random() < 0.15:
            repeated = dice.randrange(len(steps))
            steps.insert(repeated + 1, dict(steps[repeated]))
        for position, step in enumerate(steps):
            step["id"] = f"{reference}/{index}/{position}"
        return steps

    def _contents(self, kind: str, number: int) -> Message:
        """Different each time."""
        dice = self._dice
        amount = f"{dice.randrange(100, 90_000)}.{number:02}"
        contents: Message = {"text": f"As computed the {number}. time: {amount} kr. {'æøå' * dice.randrange(3)}"}
        if kind == "claim":
            contents["claim"] = {"principal": amount}
            if dice.random() < 0.5:
                contents["claim"] |= {"interest": "318.25", "costs": "100.00", "preliminary": dice.random() < 0.5}
            if dice.random() < 0.2:
                contents["claim"]["pledge"] = {"description": "Mortgage deed, matrikel 12a"}
        elif kind == "receivable":
            contents["receivable"] = {"amount": amount}
        elif kind == "inventory":
            item = {"description": "Safe-deposit box 114", "estimatedValue": amount, "location": "Odense"}
            contents["inventory"] = {"items": [item, {"description": "Bicycle"}][: dice.choice((1, 2))]}
        else:
            contents["inquiry"] = {"legalInterest": f"Landlord: the lease of flat {amount} must be ended."}
        return contents

    def _attachment(self, number: int) -> Message:
        dice = self._dice
        in_file = dice.random() < 0.5
        size = dice.choices((0, 1, 2000, 20_000, 400_000), (5, 5, 60, 29, 1))[0] if in_file else dice.randrange(3000)
        content = dice.randbytes(size)
        digest = hashlib.sha256(content).hexdigest()
        message: Message = {"name": f"bilag {number} æ.pdf", "mediaType": "application/pdf", "sha256": digest}
        if not in_file:
            return message | {"content": base64.b64encode(content).decode()}
        path = Path(digest[:2]) / f"{digest}.pdf"
        (self._folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self._folder / path).write_bytes(content)
        return message | {"file": str(path), "size": size}

    def _death(self, digits: str, more: str, **also: object) -> Message:
        return {"id": f"death-{digits[:6]}{more}", "cpr": digits, "dateOfDeath": "2026-09-14", **also}

    def _withdrawn(self, person: Person, merged: list[tuple[str, Message]]) -> None:
        """Dead, not dead after all, and perhaps dead again."""
        places = sorted(self._dice.choices(range(len(merged) + 1), k=3))
        news = [
            self._death(person.digits, "a"),
            self._death(person.digits, "b", withdrawn=True),
            self._death(person.digits, "c"),
        ]
        first, last = self._dice.choice(((0, 3), (1, 3), (1, 2), (0, 2)))
        for place, message in reversed(list(zip(places, news, strict=True))[first:last]):
            merged.insert(place, (NOTIFICATIONS, message))

    def _renumbered(self, person: Person, merged: list[tuple[str, Message]]) -> None:
        """Nobody is ever found under the former number. Who waits for it must be there before the news of the other."""
        former = cpr(2 * person.number + 1)
        person.former = (former,)
        place = self._dice.randrange(1, len(merged) + 1)
        for _, message in merged[:place]:
            message["deceased"] = {**message["deceased"], "cpr": former}
        merged.insert(place, (NOTIFICATIONS, self._death(person.digits, "n", previousCpr=former)))
        if self._dice.random() < 0.4:
            merged.insert(0, (NOTIFICATIONS, self._death(former, "o")))

    def _plan(self, person: Person, merged: list[tuple[str, Message]], style: str, is_renumbered: bool) -> None:
        dice = self._dice
        has_estate = not is_renumbered
        for topic, message in merged:
            waits = {"calm": "answered", "hasty": "", "mixed": dice.choice(("answered", "accepted", "", ""))}[style]
            if "previousCpr" in message:
                waits, has_estate = "accepted", True
            elif not has_estate and waits == "answered":
                waits = ""  # it would wait for ever
            pause = 0.0 if style == "calm" else dice.choice((0.0, 0.0, 0.02, 0.1, 0.5, 2.0))
            record = self._record(topic, person, message)
            person.steps.append(Planned(record, waits if person.steps else "", pause))

    def _record(self, topic: str, person: Person, message: Message) -> Record:
        mode = self._dice.choices((None, "binary", "structured"), (8, 1, 1))[0]
        if mode is None:
            return Record(topic, key(person.digits), encode(message))
        self._events += 1
        kind = "claim-request" if topic == REQUESTS else "death-notification"
        headers, value = events.message(mode, kind, self._events, message)
        return Record(topic, key(person.digits), value, headers=tuple(headers.items()))
