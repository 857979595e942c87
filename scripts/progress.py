"""What a run remembers of its answers while it goes on. It is little, and does not grow with the run's length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from verdict import Place

#: One partition of one input.
Lane = tuple[str, int]


class Offsets:
    """Offsets of one partition. They come in any order, and leave no gap in the end: so few are to be remembered."""

    def __init__(self) -> None:
        self.below = 0
        self._beyond: set[int] = set()

    def add(self, offset: int) -> None:
        if offset >= self.below:
            self._beyond.add(offset)
        while self.below in self._beyond:
            self._beyond.remove(self.below)
            self.below += 1

    def __len__(self) -> int:
        return self.below + len(self._beyond)


class Takeover:
    """How long the partitions of a worker that has left stand still.

    `again`: until each has answered a request that was made since then. `all_settled`: until each has answered all that
    were made before, those in doubt among them.
    """

    def __init__(self, kind: str, at: float, partitions: Iterable[int], ends: Mapping[Lane, int]) -> None:
        self.kind = kind
        self.at = at
        self._ends = dict(ends)
        self._waiting = set(partitions)
        self._unsettled = {lane for lane in ends if lane[1] in self._waiting}
        self.again: float | None = None if self._waiting else 0.0
        self.all_settled: float | None = None if self._unsettled else 0.0

    def answered(self, place: Place, offsets: Mapping[Lane, Offsets], now: float) -> None:
        """To be told of each answer, when it is in `offsets` already."""
        if place.partition in self._waiting and place.offset >= self._ends.get((place.topic, place.partition), 0):
            self._waiting.remove(place.partition)
            if not self._waiting:
                self.again = now - self.at
        if self._unsettled:
            self.look(offsets, now)

    def look(self, offsets: Mapping[Lane, Offsets], now: float) -> None:
        """Some may have been settled when the worker left."""
        self._unsettled = {
            lane for lane in self._unsettled if lane not in offsets or offsets[lane].below < self._ends[lane]
        }
        if not self._unsettled and self.all_settled is None:
            self.all_settled = now - self.at

    @property
    def is_over(self) -> bool:
        return not self._waiting and not self._unsettled


class Stalls:
    """The longest that any partition showed no answer between its first and its last."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._last: dict[int, float] = {}

    def answered(self, partition: int, now: float) -> None:
        self.longest = max(self.longest, now - self._last.get(partition, now))
        self._last[partition] = now
