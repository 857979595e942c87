"""The parts of the chaos run that can be wrong without anybody noticing: its schedule, its proxy, its requests."""

from __future__ import annotations

import argparse
import json
import socket
import threading
import unittest
from itertools import islice
from unittest import mock

import chaos
from faults import rounds, schedule
from machine import wait_until
from proxy import Proxy
from traffic import Mixture, claims, cpr


class Schedule(unittest.TestCase):
    def test_same_seed_same_faults(self) -> None:
        self.assertEqual(schedule(7, 600, 3, 3), schedule(7, 600, 3, 3))
        self.assertNotEqual(schedule(7, 600, 3, 3), schedule(8, 600, 3, 3))

    def test_every_fault_comes_up_and_none_overlaps_on_its_target(self) -> None:
        faults = schedule(1, 36_000, 3, 3)
        self.assertEqual(len({(fault.target[:6], fault.action) for fault in faults}), 9 + 4 + 1)
        for target in {fault.target for fault in faults}:
            mine = [fault for fault in faults if fault.target == target]
            for earlier, later in zip(mine, mine[1:], strict=False):
                self.assertLess(earlier.at + earlier.lasts, later.at)

    def test_hours_are_parted_into_rounds(self) -> None:
        self.assertEqual(rounds(3, 10), [3])
        self.assertEqual(rounds(60, 25), [20, 20, 20])

    def test_without_brokers_or_links_none_of_their_faults(self) -> None:
        faults = schedule(1, 3600, 2, 0, links=False)
        self.assertFalse([fault for fault in faults if fault.target == "broker" or "-kafka" in fault.action])
        self.assertFalse([fault for fault in schedule(1, 36_000, 2, 3, disks=False) if fault.action == "full-disk"])


class Network(unittest.TestCase):
    def setUp(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.server.close)
        self.received: list[bytes] = []
        threading.Thread(target=self._echo, daemon=True).start()
        self.proxy = Proxy(self.server.getsockname()[1])
        self.addCleanup(self.proxy.close)

    def _echo(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                while data := connection.recv(100):
                    self.received.append(data)
                    connection.sendall(data)
            except OSError:
                pass

    def connect(self) -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self.proxy.port), 5)
        self.addCleanup(client.close)
        client.settimeout(10)
        client.sendall(b"one")
        self.assertEqual(client.recv(100), b"one")
        return client

    def assert_silent(self, client: socket.socket) -> None:
        client.settimeout(0.3)
        with self.assertRaises(TimeoutError):
            client.recv(100)
        client.settimeout(10)

    def test_stall_delays_and_loses_nothing(self) -> None:
        client = self.connect()
        self.proxy.mode("stall")
        client.sendall(b"two")
        self.assert_silent(client)
        self.proxy.mode("pass")
        self.assertEqual(client.recv(100), b"two")

    def test_cut_resets_old_and_new_connections(self) -> None:
        client = self.connect()
        self.proxy.mode("cut")
        with self.assertRaises(ConnectionResetError):
            client.recv(100)
        with self.assertRaises((ConnectionError, AssertionError)):
            self.connect()
        self.proxy.mode("pass")
        self.connect()

    def test_swallow_delivers_and_loses_the_answer(self) -> None:
        client = self.connect()
        self.proxy.mode("swallow")
        client.sendall(b"two")
        wait_until(lambda: self.received == [b"one", b"two"], 10, "both arrive")
        self.assert_silent(client)
        self.proxy.mode("pass")
        with self.assertRaises(ConnectionResetError):
            client.recv(100)


class Requests(unittest.TestCase):
    def test_persons_differ_and_none_is_real(self) -> None:
        numbers = [cpr(person) for person in range(50_000)]
        self.assertEqual(len(set(numbers)), len(numbers))
        self.assertTrue(all(61 <= int(number[:2]) <= 91 and len(number) == 10 for number in numbers))

    def test_claims_have_an_ordinary_size_and_references_of_their_own(self) -> None:
        made = list(claims(1000, "R"))
        self.assertEqual(len({json.loads(record.value or b"")["reference"] for record in made}), 1000)
        self.assertTrue(all(500 < len(record.value or b"") < 700 for record in made))

    def test_mixture_repeats_itself_and_has_every_sort(self) -> None:
        made = list(islice(Mixture(4), 5000))
        self.assertEqual(made, list(islice(Mixture(4), 5000)))
        self.assertGreaterEqual(len({record.expect for record in made}), 13)
        self.assertFalse([record for record in islice(Mixture(4, strict=False), 500) if record.expect])


class Again(unittest.TestCase):
    """A round in which Kafka broke its own promise is played once more, and once only."""

    def setUp(self) -> None:
        self.options = argparse.Namespace(seed=7)
        self.seeds: list[int] = []

    def play(self, losing: int) -> bool:
        def round_(options: argparse.Namespace, _number: int, _minutes: float) -> bool:
            self.seeds.append(options.seed)
            if len(self.seeds) <= losing:
                raise chaos.LostEnd("lost")
            return True

        with mock.patch.object(chaos, "play", round_):
            return chaos.play_again(self.options, 0, 1)

    def test_with_the_next_seed(self) -> None:
        self.assertTrue(self.play(1))
        self.assertEqual(self.seeds, [7, 8])

    def test_not_twice(self) -> None:
        with self.assertRaises(chaos.LostEnd):
            self.play(2)

    def test_not_when_all_is_well(self) -> None:
        self.play(0)
        self.assertEqual(self.seeds, [7])


if __name__ == "__main__":
    unittest.main()
