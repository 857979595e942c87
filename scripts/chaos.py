#!/usr/bin/env python3
"""Chaos on the real thing: kills, stops and pauses workers and brokers, cuts their connections, lets the portal fail.

Requests keep coming all the while. Then the faults stop, everything must be answered, and the audit is made. The
schedule depends on the seed alone; --plan prints it and does nothing. Brokers' disks are filled too when they can have
file systems of their own, which needs root.

  scripts/chaos.py --minutes 3 --seed 7
  scripts/chaos.py --minutes 60 --workers 3 --brokers 3 --rate 100
  scripts/chaos.py --minutes 3 --worker-env PROKLAMA_TEST_BREAK=lease      a negative control: must fail
"""

from __future__ import annotations

import environment  # noqa: F401

# isort: split

import argparse
import heapq
import itertools
import json
import random
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import audit
from e2e import SETTINGS
from faults import Fault, rounds, schedule
from harness import Kafka, Simulator, Stage, Worker, build_preload, common_options
from machine import Failure, private_mounts, say
from progress import Takeover
from proxy import Proxy
from stream import Feeder, Watcher
from traffic import Mixture
from verdict import FAULTS


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument(
        "--round", type=float, default=10, help="minutes after which it settles, audits and begins anew"
    )
    parser.add_argument("--seed", type=int, help="default: a new one, which is printed")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--brokers", type=int, default=1, choices=(1, 3))
    parser.add_argument("--rate", type=float, default=40, help="requests a second")
    parser.add_argument("--partitions", type=int, default=6)
    parser.add_argument("--every", type=float, default=6, help="seconds from fault to fault, on average")
    parser.add_argument("--settle", type=float, default=240, help="seconds to answer all once the faults have stopped")
    parser.add_argument("--static", action="store_true", help="workers are static members")
    parser.add_argument("--no-links", action="store_true", help="cut no connections (needs no C compiler)")
    parser.add_argument("--no-disks", action="store_true", help="fill no disks (needs root and a mount namespace)")
    parser.add_argument("--plan", action="store_true", help="print the schedule and end")
    parser.add_argument("--json", action="store_true", help="print the result as JSON on the last line")
    common_options(parser)
    return parser.parse_args()


class LostEnd(Failure):
    """Kafka has lost the end of a transaction: what it promises did not hold, so what is built on that cannot."""


class Member:
    """A worker, and its connections to the portal and to the brokers, which go through proxies."""

    def __init__(
        self, stage: Stage, name: str, file: Path, kafka: Kafka, portal: Simulator, library: Path | None, static: bool
    ):
        self.links: dict[str, list[Proxy]] = {}
        settings = {"instance.id": name} if static else {}
        variables = {}
        if library:
            ports = kafka.ports
            self.links = {"portal": [Proxy(portal.port)], "kafka": [Proxy(port) for port in ports]}
            for proxy in itertools.chain(*self.links.values()):
                stage.at_end(proxy.close)
            settings["portal.url"] = f"http://127.0.0.1:{self.links['portal'][0].port}"
            pairs = zip(ports, self.links["kafka"], strict=True)
            variables = {
                "LD_PRELOAD": str(library),
                "REDIRECT": ",".join(f"{port}={proxy.port}" for port, proxy in pairs),
            }
        self.worker: Worker = stage.worker(name, file, settings, variables)
        self.down = False  # on purpose


class Chaos:
    def __init__(self, stage: Stage, options: argparse.Namespace) -> None:
        self.kafka: Kafka = stage.kafka(options.brokers, "1g" if options.disks else None)
        self.portal: Simulator = stage.simulator("--latency", "20")
        file = stage.settings_file(self.kafka, self.portal.url, SETTINGS | {"estate.wait.horizon": "60s"})
        stage.create_topics(file, options.partitions, options.brokers)
        library = None if options.no_links else build_preload("redirect.c", stage.directory)
        names = [f"worker-{number + 1}" for number in range(options.workers)]
        self.members = {
            name: Member(stage, name, file, self.kafka, self.portal, library, options.static) for name in names
        }
        self.deaths: list[str] = []
        self.takeovers: list[Takeover] = []
        #: For each disk that was full, whether its broker ended for that.
        self.full_disks: list[bool] = []
        #: One thing at a time is done to brokers.
        self._background = ThreadPoolExecutor(1)
        self._repair: Future[None] | None = None
        self.watcher = Watcher(self.kafka.bootstrap)
        self.feeder = Feeder(self.kafka.bootstrap)

    def wait_ready(self, seconds: float = 120) -> None:
        for member in self.members.values():
            member.worker.wait_ready(seconds)

    def begin(self, fault: Fault) -> Callable[[], float | None]:
        """Makes a fault and returns what ends it."""
        if fault.target == "portal":
            self.portal.faults(dict(fault.detail))
            return lambda: self.portal.faults({})
        if fault.target == "broker":
            return self._broker(fault.action, int(dict(fault.detail)["number"]))
        return self._worker(fault.action, self.members[fault.target])

    def _broker(self, action: str, number: int) -> Callable[[], float | None]:
        if self._repair and not self._repair.done():
            say(f"not done: what was done to a broker before is not mended yet (broker {number})")
            return lambda: None
        if action == "full-disk":
            self.kafka.act("fill", number)
            return self._meanwhile(lambda: self._make_room(number))
        if action == "restart":
            return self._meanwhile(lambda: self.kafka.act("restart", number))
        self.kafka.act(action, number)
        if action == "pause":
            return lambda: self.kafka.act("resume", number)
        return self._meanwhile(lambda: self.kafka.act("restart", number))

    def _meanwhile(self, action: Callable[[], None]) -> Callable[[], float | None]:
        """What takes seconds, such as the start of a broker, must not hold up the other faults."""
        running: list[Future[None]] = []

        def look() -> float | None:
            if not running:
                self._repair = self._background.submit(action)
                running.append(self._repair)
            if not running[0].done():
                return 0.2
            running[0].result()
            return None

        return look

    def _make_room(self, number: int) -> None:
        """A broker whose only disk fails ends; it does not come back by itself when there is room."""
        self.full_disks.append(not self.kafka.is_running(number))
        self.kafka.act("make-room", number)
        self.kafka.act("restart", number)

    def _worker(self, action: str, member: Member) -> Callable[[], float | None]:
        worker = member.worker
        if member.down:
            say(f"not done: {worker.name} is still leaving, or has left")
            return lambda: None
        if action in ("pause", "long-pause"):
            worker.send(signal.SIGSTOP)
            return lambda: worker.send(signal.SIGCONT)
        if action in ("kill", "stop"):
            member.down = True
            partitions, at = worker.partitions(), time.time()
            minds = worker.minds(signal.SIGTERM)
            worker.send(signal.SIGKILL if action == "kill" else signal.SIGTERM)
            self.takeovers.append(self.watcher.follow(Takeover(action, at, partitions, self.feeder.ends)))
            deadline = time.monotonic() + 60
            return lambda: self._again(action == "stop" and minds, member, deadline)
        mode, link = action.split("-")
        for proxy in member.links[link]:
            proxy.mode(mode)

        def mend() -> None:
            for proxy in member.links[link]:
                proxy.mode("pass")

        return mend

    def _again(self, in_order: bool, member: Member, deadline: float) -> float | None:
        """Starts a worker that has left. One that has not left yet is asked for again in a moment."""
        worker = member.worker
        if worker.status is None and time.monotonic() < deadline:
            return 0.2
        status = worker.end(signal.SIGKILL)
        if in_order and status != 0:
            self.deaths.append(f"{worker.name} ended with {status} after SIGTERM")
        worker.start()
        member.down = False
        return None

    def look_after(self) -> None:
        """A worker that ends by itself is a failure, and is started again so that the run goes on."""
        for name, member in self.members.items():
            if not member.down and member.worker.status is not None:
                self.deaths.append(f"{name} ended by itself with {member.worker.status}")
                say(f"{self.deaths[-1]}; its log ends:\n{member.worker.tail(5)}")
                member.worker.start()

    def carry_out(self, plan: list[Fault], seconds: float) -> None:
        began = time.monotonic()
        number = itertools.count()
        #: What to do when. It returns how soon it wants to be called again, or None.
        due: list[tuple[float, int, Callable[[], float | None]]] = []

        def start(fault: Fault) -> None:
            say(str(fault))
            end = self.begin(fault)
            heapq.heappush(due, (max(fault.at + fault.lasts, time.monotonic() - began), next(number), end))

        for fault in plan:
            heapq.heappush(due, (fault.at, next(number), lambda fault=fault: start(fault)))  # type: ignore[misc]
        while due or time.monotonic() - began < seconds:
            if due and due[0][0] <= time.monotonic() - began:
                action = heapq.heappop(due)[2]
                if (pause := action()) is not None:
                    heapq.heappush(due, (time.monotonic() - began + pause, next(number), action))
            else:
                self.look_after()
                time.sleep(0.05)


def run(stage: Stage, options: argparse.Namespace, plan: list[Fault], seconds: float) -> bool:
    chaos = Chaos(stage, options)
    chaos.wait_ready()
    say(f"{options.workers} workers are ready, {options.brokers} brokers, {options.rate:g} requests a second")
    watcher, feeder = chaos.watcher, chaos.feeder
    feeder.start(options.rate, iter(Mixture(options.seed, strict=False, prefix="chaos", folder=stage.attachments)))
    chaos.carry_out(plan, seconds)
    feeder.stop()
    feeder.flush()
    say(f"the faults have stopped; {feeder.sent} requests, {watcher.answered} answered so far")
    began = time.monotonic()
    alive = watcher.wait_for_all(options.settle)
    say(f"all answered {time.monotonic() - began:.0f} s later" if alive else "NOT all is answered: no progress in time")
    chaos.look_after()
    watcher.close()
    verdict = audit.audit(chaos.kafka.bootstrap, chaos.portal.url)
    for line in audit.still_open(chaos.kafka.bootstrap, 60):
        verdict.fault("hanging", line)
    took: dict[str, float] = {"kill": 0.0, "stop": 0.0}
    for takeover in chaos.takeovers:
        took[takeover.kind] = max(took[takeover.kind], takeover.again or 0.0)
    passed = verdict.passed and alive and not chaos.deaths
    print(f"\n{audit.table(verdict)}\n")
    if options.disks:
        print(f"full disks: {len(chaos.full_disks)}, for which {sum(chaos.full_disks)} brokers ended")
    for death in chaos.deaths:
        print(f"a worker died: {death}")
    print(
        f"seed {options.seed}, {len(plan)} faults: requests {verdict.requests}, filings {verdict.filings}, "
        f"{audit.summary(verdict)}, hanging transactions {verdict.faults['hanging']}, "
        f"longest stall {watcher.longest_stall():.1f} s, longest takeover with other faults at work "
        f"{took['kill']:.1f} s (kill -9) and {took['stop']:.1f} s (SIGTERM)"
    )
    # Even then no worker may have died, and nothing may have been filed or answered twice.
    is_clean = not (chaos.deaths or verdict.faults["duplicates"] or verdict.faults["answered_twice"])
    brokers = range(1, chaos.kafka.brokers + 1) if not alive and is_clean and chaos.kafka.is_ours else ()
    if lost := audit.lost_ends(chaos.kafka.bootstrap, brokers):
        raise LostEnd("a broker has lost the end of a transaction:\n" + "\n".join(lost))
    if options.json:
        faults = {name: verdict.faults[name] for name in FAULTS}
        figures = {"requests": verdict.requests, "filings": verdict.filings, "takeover": took, "deaths": chaos.deaths}
        print(json.dumps({"seed": options.seed, "passed": passed, "answered": alive, **figures, **faults}))
    return passed


def play(options: argparse.Namespace, number: int, minutes: float) -> bool:
    """One round, with a cluster of its own: neither its data nor what the auditor reads grows with the hours."""
    options.seed += min(number, 1)
    seconds = minutes * 60
    brokers = 0 if options.bootstrap else options.brokers
    plan = schedule(options.seed, seconds, options.workers, brokers, options.every, not options.no_links, options.disks)
    if options.plan:
        print(*plan, sep="\n")
        return True
    if options.dir and number:
        options.dir = str(Path(options.dir).with_suffix(f".{number}"))
    with Stage(options) as stage:
        say(f"seed {options.seed}")
        passed = stage.passed = run(stage, options, plan, seconds)
    return passed


def play_again(options: argparse.Namespace, number: int, minutes: float) -> bool:
    """Plays a round; with the next seed, once, if Kafka broke its own promise in it."""
    try:
        return play(options, number, minutes)
    except LostEnd as failure:
        say(f"THIS ROUND SHOWS NOTHING: {failure}")
    options.seed += 1
    return play(options, number, minutes)


def main() -> int:
    options = arguments()
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(1_000_000)
    options.disks = not options.no_disks and not options.bootstrap
    if options.disks and not options.plan and (obstacle := private_mounts()):
        options.disks = False
        say(f"NO DISK WILL BE FULL in this run: {obstacle}")
    lengths = rounds(options.minutes, options.minutes if options.bootstrap else options.round)
    try:
        passed = all(play_again(options, number, minutes) for number, minutes in enumerate(lengths))
    except Failure as failure:
        print(f"chaos: {failure}", file=sys.stderr)
        return 1
    if options.plan:
        return 0
    print("chaos:", "passed" if passed else f"FAILED; again with --seed {options.seed}")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
