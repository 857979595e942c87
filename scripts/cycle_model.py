"""What requests about one filing may amount to, by docs/filings.md and docs/deaths.md, whatever the timing.

The model knows nothing of the workers but the requests, in their order, and what their sender knew when they were
produced. It searches for a course of events that leads to exactly the answers and the changes at the portal that were
seen. When there is none, something is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from verdict import Attached


@dataclass(frozen=True)
class Step:
    """A record about a person, in the order in which the sender produced them."""

    number: int
    #: Steps below this number had their answers when this one was produced.
    answered: int = 0
    #: Steps below this number were accepted when this one was produced.
    accepted: int = 0


@dataclass(frozen=True)
class Asked(Step):
    """A request about the filing."""

    action: str = "submit"
    #: What the portal is to have, in canonical JSON; nothing for a withdrawal.
    contents: str = ""
    attachments: frozenset[Attached] = frozenset()
    #: Two requests with the same one ask for the same.
    digest: str = ""
    #: Whether there is an estate for the person's number only when a correction has replaced it.
    needs_number: bool = False


@dataclass(frozen=True)
class Listed:
    """What the reply to a correction says of the filing."""

    state: str
    receipt: str = ""
    filing: str = ""


@dataclass(frozen=True)
class Corrected(Step):
    """A correction of the person's death, and what its reply lists of the filing."""

    withdraws: bool = False
    listed: Listed | None = None


@dataclass(frozen=True)
class Answer:
    """The one result of a request: an outcome, or category/reason of a dead letter."""

    label: str
    receipt: str = ""
    first: str = ""
    revision: int = 0
    filing: str = ""


@dataclass(frozen=True)
class Change:
    """What the portal did: submit, amend or withdraw."""

    action: str
    receipt: str
    filing: str
    contents: str = ""


@dataclass(frozen=True)
class Filed:
    """What is known of the filing. One that was cancelled before it was sent is remembered like a withdrawn one."""

    asked: int
    withdrawn: bool = False
    cancelled: bool = False


@dataclass(frozen=True)
class State:
    requests: int = 0  #: accepted
    corrections: int = 0  #: accepted
    #: Requests without an answer, oldest first, and whether a correction has cancelled each.
    queue: tuple[tuple[int, bool], ...] = ()
    joined: int = 0
    #: of the oldest: idle (not begun), unsent, sent (or in doubt), attaching
    phase: str = "idle"
    doubtful: bool = False
    filed: Filed | None = None
    #: For each change at the portal, the request whose contents it had.
    changes: tuple[int, ...] = ()
    renumbered: bool = False


_OUTCOMES = {"submit": "filed", "amend": "amended", "withdraw": "withdrawn"}


@dataclass
class Course:
    """One filing's requests, the corrections of its person, and what was seen of them."""

    requests: list[Asked]
    corrections: list[Corrected]
    answers: list[Answer]
    changes: list[Change]
    #: Whether a change must have the contents of its request; without it, only answers and receipts count.
    checks_contents: bool = True
    #: Whether a worker may have been killed between the intent and the first search: the request is in doubt from then
    #: on, though nobody can have been found to whose estate it could have been sent.
    allows_early_doubt: bool = False
    #: The furthest state that was reached, for a story that cannot be explained.
    furthest: State = field(default_factory=State)

    def explanation(self) -> State | None:
        """The state at the end of a course of events that leads to what was seen."""
        seen = {State()}
        open_ = [State()]
        while open_:
            state = open_.pop()
            if self._progress(state) > self._progress(self.furthest):
                self.furthest = state
            if self._is_end(state):
                return state
            for following in self._next(state):
                if following not in seen:
                    seen.add(following)
                    open_.append(following)
        return None

    def attachments(self, end: State) -> dict[str, set[Attached]]:
        """What each filing at the portal must have, by its number."""
        found: dict[str, set[Attached]] = {}
        for change, asked in zip(self.changes, end.changes, strict=True):
            named = found.setdefault(change.filing, set())
            if change.action != "withdraw":
                named |= self.requests[asked].attachments
        return found

    def contents(self, end: State) -> dict[str, tuple[str, bool]]:
        """Contents of each filing at the portal, and whether it is withdrawn."""
        found: dict[str, tuple[str, bool]] = {}
        for change, asked in zip(self.changes, end.changes, strict=True):
            if change.action == "withdraw":
                found[change.filing] = (found[change.filing][0], True)
            else:
                found[change.filing] = (self.requests[asked].contents, False)
        return found

    def _progress(self, state: State) -> int:
        return state.requests + state.corrections - len(state.queue) + len(state.changes)

    def _is_end(self, state: State) -> bool:
        return (
            state.requests == len(self.requests)
            and state.corrections == len(self.corrections)
            and not state.queue
            and len(state.changes) == len(self.changes)
        )

    def _next(self, state: State) -> Iterator[State]:
        if state.requests < len(self.requests) and self._may_come(self.requests[state.requests], state):
            yield from self._accept(state)
        if state.corrections < len(self.corrections) and self._may_come(self.corrections[state.corrections], state):
            yield from self._correct(state)
        if state.phase == "unsent" and (self.allows_early_doubt or self._may_send(state)):
            yield replace(state, phase="sent")
        elif state.phase == "sent" and self._may_send(state):
            yield from self._taken(state)
            yield from self._failed(state)
        elif state.phase == "attaching":
            yield from self._end(state, "taken")

    def _may_come(self, step: Step, state: State) -> bool:
        """Not before what its sender knew."""
        known = max(step.answered, step.accepted)
        is_accepted = all(one.number >= known for one in self.requests[state.requests :]) and all(
            one.number >= known for one in self.corrections[state.corrections :]
        )
        return is_accepted and all(self.requests[index].number >= step.answered for index, _ in state.queue)

    def _may_send(self, state: State) -> bool:
        return state.renumbered or not self.requests[state.queue[state.joined][0]].needs_number

    # What comes in

    def _accept(self, state: State) -> Iterator[State]:
        is_alone = not state.queue
        state = replace(state, requests=state.requests + 1, queue=(*state.queue, (state.requests, False)))
        if is_alone:
            yield from self._begin(state)
        elif state.phase == "unsent" and not state.doubtful:
            yield from self._combine(state)
        else:
            yield state

    def _correct(self, state: State) -> Iterator[State]:
        correction = self.corrections[state.corrections]
        state = replace(state, corrections=state.corrections + 1)
        if not correction.withdraws:
            yield replace(state, renumbered=True)
            return
        queue = tuple(
            (index, cancelled or self.requests[index].action != "withdraw") for index, cancelled in state.queue
        )
        state = replace(state, queue=queue)
        after = self._end(state, "cancelled") if state.phase == "unsent" and queue[0][1] else iter((state,))
        yield from (one for one in after if self._listed(one) == correction.listed)

    def _listed(self, state: State) -> Listed | None:
        if state.filed and not state.filed.withdrawn:
            newest = self.changes[len(state.changes) - 1]
            return Listed("filed", newest.receipt, newest.filing)
        if state.queue and self.requests[state.queue[0][0]].action != "withdraw":
            return Listed("under-way")
        return None

    # What the oldest request amounts to

    def _begin(self, state: State) -> Iterator[State]:
        state = replace(state, phase="idle", joined=0, doubtful=False)
        if not state.queue:
            yield state
            return
        index, cancelled = state.queue[0]
        request, filed = self.requests[index], state.filed
        if cancelled:
            yield from self._end(state, "cancelled")
        elif filed is None:
            if request.action == "submit":
                yield from self._combine(replace(state, phase="unsent"))
            else:
                yield from self._answer(state, "validation/unknown-filing")
        elif request.action == "submit" and filed.withdrawn:
            yield from self._combine(replace(state, phase="unsent"))
        elif request.action == "withdraw" and filed.withdrawn:
            yield from self._answer(state, "cancelled" if filed.cancelled else "withdrawn")
        elif filed.withdrawn:
            yield from self._answer(state, "validation/filing-withdrawn")
        elif request.action == "withdraw":
            yield from self._combine(replace(state, phase="unsent"))
        elif self.requests[filed.asked].digest == request.digest:
            yield from self._answer(state, "already-filed")
        elif request.action == "amend":
            yield from self._combine(replace(state, phase="unsent"))
        else:
            yield from self._answer(state, "validation/conflicting-reference")

    def _combine(self, state: State) -> Iterator[State]:
        """Lets what stands behind the oldest request join or cancel it; it was surely not sent."""
        while not state.queue[0][1] and len(state.queue) > state.joined + 1:
            head, newest = self.requests[state.queue[0][0]], self.requests[state.queue[state.joined][0]]
            following = self.requests[state.queue[state.joined + 1][0]]
            if head.action == "withdraw":
                break
            if following.action == "withdraw":
                yield from self._end(state, "cancelled")
                return
            joins = (
                following.attachments == newest.attachments
                if following.action == "amend"
                else following.digest == newest.digest
            )
            if not joins:
                break
            state = replace(state, joined=state.joined + 1)
        yield state

    def _taken(self, state: State) -> Iterator[State]:
        """The portal has made the change."""
        done = len(state.changes)
        if done == len(self.changes):
            return
        change = self.changes[done]
        newest = state.queue[state.joined][0]
        action = self.requests[state.queue[0][0]].action
        if change.action != action or (
            self.checks_contents and action != "withdraw" and change.contents != self.requests[newest].contents
        ):
            return
        if (action == "submit") == any(change.filing == one.filing for one in self.changes[:done]):
            return
        filed = (
            replace(state.filed, withdrawn=True) if action == "withdraw" and state.filed is not None else Filed(newest)
        )
        state = replace(state, filed=filed, changes=(*state.changes, newest))
        if action != "withdraw" and self.requests[newest].attachments:
            yield replace(state, phase="attaching")
        else:
            yield from self._end(state, "taken")

    def _failed(self, state: State) -> Iterator[State]:
        """The portal has not made the change. If that had to be looked up, the request is sent again as it was."""
        if state.queue[0][1]:
            yield from self._end(state, "cancelled")
            return
        state = replace(state, phase="unsent")
        yield replace(state, doubtful=True)
        if not state.doubtful:
            yield state
            yield from self._combine(state)

    # Answers

    def _answer(self, state: State, label: str) -> Iterator[State]:
        if self._matches(state, state.queue[0][0], label):
            yield from self._begin(replace(state, queue=state.queue[1:]))

    def _end(self, state: State, how: str) -> Iterator[State]:
        """The oldest request, and what has joined it, have their answers."""
        members = [index for index, _ in state.queue[: state.joined + 1]]
        remembered = state.filed
        if how == "cancelled" and self.requests[members[0]].action == "submit" and state.filed is None:
            remembered = Filed(members[0], withdrawn=True, cancelled=True)
        before = ""
        for position, index in enumerate(members):
            request = self.requests[index]
            is_repeated = position > 0 and request.digest == before
            label = "cancelled" if how == "cancelled" else "already-filed" if is_repeated else _OUTCOMES[request.action]
            before = request.digest
            if not self._matches(state, index, label):
                return
        yield from self._begin(replace(state, filed=remembered, queue=state.queue[len(members) :]))

    def _matches(self, state: State, index: int, label: str) -> bool:
        """Whether that is the answer that was seen: it names the newest receipt of what the portal has, or none."""
        answer = self.answers[index]
        if answer.label != label:
            return False
        if label.startswith("validation/"):
            return True
        if not state.changes:
            return not answer.receipt and not answer.filing
        newest = self.changes[len(state.changes) - 1]
        first = next(
            one.receipt
            for one in reversed(self.changes[: len(state.changes)])
            if one.filing == newest.filing and one.action == "submit"
        )
        return (answer.receipt, answer.filing, answer.revision, answer.first) == (
            newest.receipt,
            newest.filing,
            len(state.changes),
            "" if first == newest.receipt else first,
        )
