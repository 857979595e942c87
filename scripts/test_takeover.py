"""What is measured of a takeover: it must be longer rather than shorter than what users see."""

from __future__ import annotations

import unittest

from progress import Lane, Offsets, Stalls, Takeover
from takeover import AFTER_STOP, is_within, seconds
from verdict import Place

INPUT = "claim-requests"


class Filling(unittest.TestCase):
    def test_offsets_in_any_order_and_twice_take_no_room(self) -> None:
        offsets = Offsets()
        for offset in (2, 0, 1, 1, 4, 0):
            offsets.add(offset)
        self.assertEqual((offsets.below, len(offsets)), (3, 4))
        offsets.add(3)
        self.assertEqual((offsets.below, len(offsets), offsets._beyond), (5, 5, set()))

    def test_the_longest_silence_of_any_partition(self) -> None:
        stalls = Stalls()
        for partition, at in ((0, 1.0), (1, 2.0), (0, 4.0), (1, 9.0), (0, 9.5)):
            stalls.answered(partition, at)
        self.assertEqual(stalls.longest, 7.0)


class Measuring(unittest.TestCase):
    def setUp(self) -> None:
        self.offsets: dict[Lane, Offsets] = {(INPUT, 0): Offsets(), (INPUT, 1): Offsets()}
        # Three requests each were made before.
        self.takeover = Takeover("kill -9", 100.0, [0, 1], {(INPUT, 0): 3, (INPUT, 1): 3, (INPUT, 2): 9})

    def answer(self, partition: int, offset: int, at: float) -> None:
        self.offsets[INPUT, partition].add(offset)
        self.takeover.answered(Place(INPUT, partition, offset), self.offsets, at)

    def test_old_requests_are_not_taken_for_new_ones(self) -> None:
        for partition in (0, 1):
            for offset in (0, 1, 2):
                self.answer(partition, offset, 101.0 + offset)
        self.assertEqual((self.takeover.again, self.takeover.all_settled), (None, 3.0))
        self.answer(0, 3, 104.0)
        self.assertFalse(self.takeover.is_over)
        self.answer(1, 3, 105.0)
        self.assertEqual(self.takeover.again, 5.0)
        self.assertTrue(self.takeover.is_over)

    def test_one_in_doubt_holds_all_up(self) -> None:
        for partition in (0, 1):
            for offset in (0, 1, 3):
                self.answer(partition, offset, 101.0)
        self.assertEqual((self.takeover.again, self.takeover.all_settled), (1.0, None))
        self.answer(0, 2, 110.0)
        self.answer(1, 2, 117.5)
        self.assertEqual(self.takeover.all_settled, 17.5)
        self.assertTrue(is_within(self.takeover, 17.5))
        self.assertFalse(is_within(self.takeover, 17.4))

    def test_what_never_came_is_not_within_any_bound(self) -> None:
        self.assertFalse(is_within(self.takeover, 1e9))

    def test_durations(self) -> None:
        self.assertEqual([seconds(text) for text in ("40000ms", "11s", "1m")], [40, 11, 60])
        self.assertEqual(AFTER_STOP, 2)


if __name__ == "__main__":
    unittest.main()
