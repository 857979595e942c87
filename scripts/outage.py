#!/usr/bin/env python3
"""Outages of the portal on the real thing: Kafka, the simulator over TLS, and two workers.

Requests flow all the while. The simulator is killed, stopped, made slow, told to answer 403, 401, 307, 429 and 503,
and shows the certificate of another authority; our own certificate is replaced. Then the same with requests held, and
a rate limit. Nobody lifts a hand, and at the end the audit counts: no duplicate, no loss, dead letters only where the
policy says so, and no secret in anything that was written.

  scripts/outage.py
  scripts/outage.py --requests 2000 --only hold
"""

from __future__ import annotations

import environment  # noqa: F401

# isort: split

import argparse
import json
import signal
import ssl
import sys
import threading
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import audit
import leaks
from harness import Kafka, Simulator, Stage, Worker, common_options, play, sum_of_samples
from machine import Failure, say, wait_until
from pki import Authorities
from stream import Feeder, Watcher
from traffic import NOTIFICATIONS, REQUESTS, Record, claim, cpr, encode, key

SETTINGS = {
    "portal.token.auth": "mtls",
    "portal.client.id": "made-up-client",
    "portal.call.timeout": "2s",
    "filing.lease": "11s",
    "retry.backoff.min": "200ms",
    "retry.backoff.max": "2s",
}

#: What a request may come to that met one of these while it was in flight.
MISFITS = (
    "certificate/not-registered",
    "certificate/unknown-issuer",
    "environment/token-for-other-environment",
    "environment/wrong-host",
    "environment/server-certificate",
)

#: Calls at once of both workers: the most that may be in flight when a gate closes.
IN_FLIGHT = 2 * 64
#: The number of the first request of a burst, far from the others'.
BURST = 1_000_000


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=5000, help="requests in the first act, at least")
    parser.add_argument("--rate", type=float, default=60, help="requests a second")
    parser.add_argument("--only", choices=("dead-letter", "hold", "rate"), help="one act alone")
    parser.add_argument("--settle", type=float, default=90, help="seconds to wait for the last result")
    common_options(parser)
    return parser.parse_args()


def requests(first: int, count: int | None, expect: str) -> Iterator[Record]:
    """Claims on different persons, and for every fifth person a death notification before the claim."""
    number = first
    while count is None or number < first + count:
        digits = cpr(number)
        if number % 5 == 0:
            notice = {"id": f"death-{number}", "cpr": digits, "dateOfDeath": "2026-09-14", "source": "made-up"}
            found = "|".join(["estate-found", *expect.split("|")[1:]])
            yield Record(NOTIFICATIONS, key(digits), encode(notice), found)
        yield Record(REQUESTS, key(digits), encode(claim(digits, f"outage-{number:06}")), expect)
        number += 1


@dataclass
class Window:
    """A time in which dead letters of one kind are in order."""

    kind: str
    began: float
    ended: float


class Portal:
    """The simulator, its certificates, and what is done to it."""

    def __init__(self, stage: Stage) -> None:
        self.certificates = Authorities(stage.directory / "certificates")
        self.certificates.put("server", "shown")
        self.certificates.put("client", "voces")
        self.certificates.file("accepted.pem").write_bytes(self.certificates.file("ours.pem").read_bytes())
        self.simulator: Simulator = stage.simulator(
            *("--tls-cert", self._path("shown.pem"), "--tls-key", self._path("shown.key")),
            *("--client-ca", self._path("accepted.pem"), "--latency", "20"),
            *("--journal", str(stage.directory / "filings.jsonl")),
            token_auth="mtls",
            context=self._context(),
        )
        self.tokens: set[str] = set()

    def _path(self, name: str) -> str:
        return str(self.certificates.file(name))

    def _context(self) -> ssl.SSLContext:
        """Of the run itself, which wants an answer whoever the simulator says it is."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.load_cert_chain(self._path("client.pem"), self._path("client.key"))
        return context

    def settings(self) -> dict[str, str]:
        return {
            "portal.token.url": f"{self.simulator.url}/token",
            "portal.certificate.file": self._path("voces.pem"),
            "portal.key.file": self._path("voces.key"),
            "portal.ca.file": self._path("ours.pem"),
        }

    def kill(self) -> None:
        self.tokens |= self.simulator.tokens()
        self.simulator.end(signal.SIGKILL)

    def start(self) -> None:
        self.simulator.start()

    def restart_as(self, certificate: str) -> None:
        """With the certificate of another authority, or its own again."""
        self.kill()
        self.certificates.put(certificate, "shown")
        self.start()

    def accept(self, authority: str) -> None:
        """Whose clients get in."""
        self.kill()
        self.certificates.file("accepted.pem").write_bytes(self.certificates.file(f"{authority}.pem").read_bytes())
        self.start()


class Outage:
    def __init__(self, stage: Stage, options: argparse.Namespace) -> None:
        self.stage = stage
        self.kafka: Kafka = stage.kafka(1)
        self.portal = Portal(stage)
        self.simulator = self.portal.simulator
        self.file = stage.settings_file(self.kafka, self.simulator.url, SETTINGS | self.portal.settings())
        stage.create_topics(self.file, 6, 1)
        self.workers: list[Worker] = [stage.worker(f"worker-{number}", self.file) for number in (1, 2)]
        self.shared()
        self.watcher = Watcher(self.kafka.bootstrap)
        self.feeder = Feeder(self.kafka.bootstrap)
        self.windows: list[Window] = []
        self.pages: list[tuple[str, bytes]] = []
        self.faults: list[str] = []
        self.options = options
        self._first = 0

    # What is expected

    def expect(self, condition: bool, text: str) -> None:
        if not condition:
            say(f"NOT AS IT SHOULD BE: {text}")
            self.faults.append(text)

    def flow(self, expect: str) -> Callable[[int], None]:
        """Requests come in all the while. What is returned ends that, and sees that there were so many at least."""
        first, stopping = self._first, threading.Event()

        def numbers() -> Iterator[Record]:
            while not stopping.is_set():
                yield from requests(self._first, 1, expect)
                self._first += 1

        thread = threading.Thread(target=self.feeder.send_at, args=(self.options.rate, numbers()), daemon=True)
        thread.start()

        def end(least: int) -> None:
            stopping.set()
            thread.join()
            self.produce(max(0, first + least - self._first), expect)
            say(f"{self._first - first} requests in all")

        return end

    def produce(self, count: int, expect: str) -> None:
        """So many at once."""
        for record in requests(self._first, count, expect):
            self.feeder.send(record)
        self._first += count
        self.feeder.flush()

    def look(self) -> None:
        """Keeps what the endpoints show, to be searched for secrets."""
        for worker in self.workers:
            for path in ("/status", "/readyz", "/metrics"):
                self.pages.append((f"{worker.name}{path}", worker.page(path)[1]))

    def gates(self) -> list[str]:
        return [worker.gate().get("state", "?") for worker in self.workers]

    def total(self, name: str, **labels: str) -> float:
        return sum(worker.metric(name, **labels) for worker in self.workers)

    def closed(self, kind: str, seconds: float, held: bool = False) -> None:
        """Waits until both gates are closed for that reason, and sees that the endpoints say so."""
        category, reason = kind.split("/")

        def is_closed() -> bool:
            gates = [worker.gate() for worker in self.workers]
            return all(gate.get("state") == "closed" and gate.get("reason") == reason for gate in gates)

        began = time.monotonic()
        try:
            wait_until(is_closed, seconds, f"both gates are closed for {kind}")
        except Failure as failure:
            self.expect(False, f"{failure}: {[worker.gate() for worker in self.workers]}")
            return
        say(f"  gates closed after {time.monotonic() - began:.1f} s")
        for worker in self.workers:
            for _ in range(5):
                status, text = worker.page("/readyz")
                # Not when it was too busy to answer in time.
                if status == 200 if held else reason in text.decode():
                    break
            self.expect(
                status == (200 if held else 503), f"/readyz is {status} while the gate is closed: {text.decode()}"
            )
            self.expect(held or reason in text.decode(), f"/readyz does not name {reason}")
            closed = worker.metric("proklama_gate_closed", category=category, reason=reason)
            self.expect(closed == 1, f"the metric does not say closed for {kind}")
            self.expect(worker.gate().get("held") is held, "/status is wrong about `held`")
        self.look()

    def opened(self, seconds: float = 45) -> None:
        """Waits until nothing stands in the way again, which nobody helps. A probe may be 30 s away."""
        began = time.monotonic()
        try:
            wait_until(lambda: self.gates() == ["open", "open"], seconds, "both gates are open")
            say(f"  gates open {time.monotonic() - began:.1f} s after the portal was back")
        except Failure as failure:
            self.expect(False, f"{failure}: {[worker.gate() for worker in self.workers]}")
        try:
            wait_until(lambda: all(one.is_ready for one in self.workers), 10, "workers with open gates are ready")
        except Failure as failure:
            self.expect(False, str(failure))

    def misfit(self, kind: str, begin: Callable[[], None], end: Callable[[], None], seconds: float, held: bool) -> None:
        """Something that is wrong for every request, for so long."""
        say(f"{kind}, for {seconds:g} s")
        began = time.time()
        before = self.total("proklama_dead_letters_total", reason=kind.split("/")[1])
        begin()
        self.closed(kind, 20, held)
        self.quiet(seconds)
        end()
        self.opened()
        if not held:
            self.windows.append(Window(kind, began, time.time()))
        letters = self.total("proklama_dead_letters_total", reason=kind.split("/")[1]) - before
        say(f"  {letters:.0f} dead letters")
        # Of a request and of the notification before it, where both wait for one search.
        self.expect(letters <= (0 if held else 2 * IN_FLIGHT), f"{letters:.0f} dead letters for {kind}")

    def quiet(self, seconds: float) -> None:
        """With the gates closed the portal sees the probes, one at a time and not in step, and nothing else."""
        # What was under way when they closed may end.
        deadline = time.monotonic() + 3
        while self.total("proklama_portal_calls_in_flight") > 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        began, before = time.time(), self.total("proklama_gate_probes_total")
        time.sleep(seconds)
        probes = self.total("proklama_gate_probes_total") - before
        ended = time.time()
        if self.simulator.status is not None or self.gates() != ["closed", "closed"]:
            return
        try:
            arrivals = [at for at, call in self.simulator.arrivals(began) if at <= ended and call != "token"]
        except ValueError:
            return
        if not arrivals:
            return  # it is asked with a certificate that it refuses
        together = sum(later - earlier < 0.02 for earlier, later in zip(arrivals, arrivals[1:], strict=False))
        say(f"  {len(arrivals)} calls in {seconds:g} s, {probes:.0f} probes, {together} within 20 ms of another")
        # A probe that is answered 401 is made once more with a fresh token.
        each = 2 if self.windows_401 else 1
        self.expect(
            len(arrivals) <= each * probes + 2,
            f"{len(arrivals)} calls while the gates were closed, {probes:.0f} probes",
        )
        self.expect(len(arrivals) <= each * (2 * seconds + 4), f"{len(arrivals)} probes in {seconds:g} s")
        # Of a few, two may come together by chance.
        is_judged = not self.windows_401 and len(arrivals) >= 6
        self.expect(not is_judged or together <= len(arrivals) / 3, "the workers probe in step")

    windows_401 = False

    # The acts

    def dead_letter(self) -> None:
        """What was in flight when the gate closed may be dead-lettered, for the right reason; nothing else."""
        say(f"act 1: {self.options.requests} requests, policy dead-letter")
        end = self.flow("|".join(["filed", *MISFITS]))
        time.sleep(2)
        self.replace_certificate()
        self.unavailable("killed", self.portal.kill, self.portal.start)
        self.unavailable(
            "stopped",
            lambda: self.simulator.send(signal.SIGSTOP),
            lambda: self.simulator.send(signal.SIGCONT),
        )
        self.slow()
        self.retry_after()
        self.forbidden(10, held=False)
        self.unauthorized()
        self.misfit(
            "environment/wrong-host",
            lambda: self.simulator.faults({"redirect": 1}),
            lambda: self.simulator.faults({}),
            2,
            False,
        )
        self.stranger(4, held=False)
        self.misfit(
            "certificate/unknown-issuer",
            lambda: self.portal.accept("other"),
            lambda: self.portal.accept("ours"),
            3,
            False,
        )
        end(self.options.requests)
        self.all_answered()

    def hold(self) -> None:
        """No dead letter at all, through a restart of the workers as well."""
        self.restart("portal.failure.policy=hold")
        say("act 2: policy hold, workers restarted while the gates are closed")
        end = self.flow("filed")
        time.sleep(1)
        self.forbidden(3, held=True)
        self.stranger(3, held=True)
        say("certificate/not-registered once more; workers are restarted meanwhile")
        self.simulator.faults({"forbidden": 1})
        self.closed("certificate/not-registered", 20, True)
        self.restart("portal.failure.policy=hold")
        self.closed("certificate/not-registered", 20, True)
        self.simulator.faults({})
        self.opened()
        end(500)
        self.all_answered()
        self.expect(self.total("proklama_dead_letters_total") == 0, "dead letters although all were to be held")

    def rate(self) -> None:
        """A limit for the whole group: smooth, and the sum right, also when a worker leaves and comes back."""
        self.restart("portal.rate.limit=100")
        say("act 3: portal.rate.limit=100")
        self.produce(600, "filed")
        time.sleep(2)
        began = time.time()
        self.smooth(6)
        say("one of the workers leaves")
        self.workers[1].end(signal.SIGTERM)
        wait_until(lambda: self.workers[0].metric("proklama_partitions_owned") == 6, 30, "the other has all")
        self.smooth(3)
        say("and comes back")
        self.workers[1].start()
        self.shared()
        self.smooth(3)
        arrivals = [at for at, call in self.simulator.arrivals(began) if call != "token"]
        most = max(sum(at <= other < at + 5 for other in arrivals) for at in arrivals)
        say(f"  at most {most} calls in any five seconds, rebalances and all")
        # A simulator that has stood still for a moment finds those of that moment together.
        self.expect(most <= 550, f"{most} calls in five seconds, with a limit of 100 a second")
        self.all_answered()

    def smooth(self, seconds: float) -> None:
        """So long, calls come at the rate, and evenly. A busy machine spoils that at times, but nothing improves it."""
        for _ in range(4):
            # Each is a search and a filing, and each worker needs its half of them to be there.
            self.produce(int(75 * seconds), "filed")
            began = time.time()
            time.sleep(seconds)
            arrivals = [at for at, call in self.simulator.arrivals(began) if at < began + seconds and call != "token"]
            rate = len(arrivals) / seconds
            slots = Counter(int((at - began) * 10) for at in arrivals)
            spread = sorted(slots.get(number, 0) for number in range(int(seconds * 10)))
            in_bursts = sum(count for count in spread if count > 14) / max(1, len(arrivals))
            say(f"  {rate:.1f} a second; {spread[0]} to {spread[-1]} in 100 ms, {100 * in_bursts:.0f} % in bursts")
            # A worker that is late does not make up for it. One that does not know its share sends half as much.
            if 75 <= rate <= 105 and in_bursts <= 0.15:
                return
        self.expect(False, f"{rate:.1f} calls a second, with a limit of 100; in 100 ms {spread}")

    # What is done to the portal

    def replace_certificate(self) -> None:
        say("our certificate is replaced")
        before, slow = self.failed_calls(), self.slow_calls()
        answered = self.total("proklama_portal_calls_total", outcome="answered")
        self.portal.certificates.put("client-2", "voces")
        wait_until(
            lambda: self.total("proklama_certificate_reloads_total", result="taken") == 2,
            10,
            "both workers use the new certificate",
        )
        time.sleep(2)
        # What took longer than a second may have run out of time, on a machine that stood still.
        failed, slow = self.failed_calls() - before, self.slow_calls() - slow
        self.expect(0 <= failed <= slow, f"{failed:.0f} calls failed while the certificate was replaced")
        answered = self.total("proklama_portal_calls_total", outcome="answered") - answered
        say(f"  taken by both; {answered:.0f} calls answered meanwhile, none failed")
        self.expect(answered > 50, "hardly any calls while the certificate was replaced")

    def failed_calls(self) -> float:
        outcomes = ("refused", "unavailable", "unreachable", "lost", "unexpected", "credential")
        return sum(self.total("proklama_portal_calls_total", outcome=outcome) for outcome in outcomes)

    def slow_calls(self) -> float:
        """Those that took longer than a second; of one page, for calls go on between two."""
        name = "proklama_portal_call_duration_seconds"
        pages = [worker.page("/metrics")[1] for worker in self.workers]
        return sum(
            sum_of_samples(page, f"{name}_count") - sum_of_samples(page, f"{name}_bucket", le="1.0") for page in pages
        )

    def unavailable(self, how: str, begin: Callable[[], None], end: Callable[[], None]) -> None:
        say(f"the simulator is {how} for 6 s or more")
        began = time.monotonic()
        begin()
        self.closed("environment/portal-unavailable", 20)
        time.sleep(max(0.0, 6 - (time.monotonic() - began)))
        back = time.time()
        end()
        self.opened()
        # What had been sent to one that was only stopped comes in when it goes on, and cannot be told from the rest.
        if how == "killed":
            self.gently(back)

    def gently(self, since: float) -> None:
        """After an outage the portal is not run over by all who have waited for it."""
        time.sleep(0.5)
        arrivals = [at for at, call in self.simulator.arrivals(since) if call != "token"]
        peak = json.loads(self.simulator.get("/_audit")[1])["inFlightPeak"]
        # Each answer, which takes 20 ms, allows two calls. So what has come may double in that time, and be a little
        # more for each worker's probe and first call, however the machine delays them.
        leap = max(number + 1 - 2 * bisect_right(arrivals, at - 0.0185) for number, at in enumerate(arrivals))
        say(f"  at most {peak} calls at once, and {leap} more within 20 ms than twice those before")
        self.expect(peak <= IN_FLIGHT, f"{peak} calls at once")
        self.expect(leap <= 8, f"{leap} more calls within 20 ms than twice those before")

    def limits(self) -> list[float]:
        return [worker.metric("proklama_portal_concurrency_limit") for worker in self.workers]

    def slow(self) -> None:
        say("the simulator is slow: 900 ms instead of 20")
        wait_until(lambda: min(self.limits()) >= 8, 15, "the limits have come back from the outage")
        lost = self.total("proklama_portal_calls_total", outcome="lost")
        self.simulator.put("/_latency", "900")
        seen = [self.limits()]
        deadline = time.monotonic() + 7
        while time.monotonic() < deadline:
            time.sleep(0.2)
            seen.append(self.limits())
        # Not as quick as before: the burst that is to come must not look slow on a busy machine.
        self.simulator.put("/_latency", "100")
        # They may still have been growing when it became slow, until the last quick answer.
        highest = [max(limits) for limits in zip(*seen, strict=True)]
        lowest = seen[-1]
        # On the way back. A little comes without a recovery, since what is slow for long becomes the usual.
        wanted = [low + (high - low) / 4 for low, high in zip(lowest, highest, strict=True)]
        say(f"  calls at once {highest} → {lowest}")
        self.expect(
            all(low < 0.9 * high for low, high in zip(lowest, highest, strict=True)), f"limits {highest}, {lowest}"
        )
        # A machine that stands still for a second as well makes calls time out, for which it may close.
        is_only_slow = self.total("proklama_portal_calls_total", outcome="lost") == lost
        self.expect(
            not is_only_slow or self.gates() == ["open", "open"], "the gate closed though the portal was only slow"
        )
        # Only a limit that is reached grows again.
        for record in requests(BURST, 1500, "|".join(["filed", *MISFITS])):
            self.feeder.send(record)
        deadline, back = time.monotonic() + 20, lowest
        while time.monotonic() < deadline and any(now < enough for now, enough in zip(back, wanted, strict=True)):
            time.sleep(0.2)
            back = [max(pair) for pair in zip(back, self.limits(), strict=True)]
        self.simulator.put("/_latency", "20")
        say(f"  and back to {back}")
        is_back = all(now >= enough for now, enough in zip(back, wanted, strict=True))
        self.expect(is_back, f"the limits did not come back: {back}")

    def retry_after(self) -> None:
        for fault, status in (("too-many", 429), ("unavailable", 503)):
            say(f"{status} with Retry-After: 3, for 2 s")
            letters = self.total("proklama_dead_letters_total")
            before = self.met(fault)
            self.simulator.faults({fault: 1, "retry-after-seconds": 3})
            time.sleep(2)
            self.simulator.faults({})
            calls = self.met(fault) - before
            self.opened()
            say(f"  {calls} calls meanwhile, at {self.options.rate:g} new requests a second")
            self.expect(calls <= IN_FLIGHT, f"{calls} calls although asked to wait")
            self.expect(self.total("proklama_dead_letters_total") == letters, f"dead letters for {status}")

    def met(self, fault: str) -> int:
        """How many calls have met a fault since the simulator was started."""
        count: int = json.loads(self.simulator.get("/_audit")[1])["faults"].get(fault, 0)
        return count

    def forbidden(self, seconds: float, held: bool) -> None:
        self.misfit(
            "certificate/not-registered",
            lambda: self.simulator.faults({"forbidden": 1}),
            lambda: self.simulator.faults({}),
            seconds,
            held,
        )

    def unauthorized(self) -> None:
        self.windows_401 = True
        self.misfit(
            "environment/token-for-other-environment",
            lambda: self.simulator.faults({"unauthorized": 1}),
            lambda: self.simulator.faults({}),
            3,
            False,
        )
        self.windows_401 = False

    def stranger(self, seconds: float, held: bool) -> None:
        self.misfit(
            "environment/server-certificate",
            lambda: self.portal.restart_as("server-other"),
            lambda: self.portal.restart_as("server"),
            seconds,
            held,
        )

    # The rest

    def restart(self, *settings: str) -> None:
        """Both workers, with other settings."""
        self.look()
        for worker in self.workers:
            status = worker.end(signal.SIGTERM)
            self.expect(status == 0, f"{worker.name} ended with {status} after SIGTERM")
        plain = self.file.read_text().split("# changed")[0]
        self.file.write_text(plain + "# changed\n" + "\n".join(settings) + "\n")
        for worker in self.workers:
            worker.start()
        self.shared()

    def shared(self) -> None:
        """Waits until each worker is ready with its half of the partitions."""

        def is_shared() -> bool:
            owned = [worker.metric("proklama_partitions_owned") for worker in self.workers]
            restoring = self.total("proklama_partitions_restoring")
            return (
                owned == [3, 3] and restoring == 0 and all(worker.page("/livez")[0] == 200 for worker in self.workers)
            )

        wait_until(is_shared, 40, "each has its half of the partitions")

    def all_answered(self) -> None:
        self.feeder.flush()
        began = time.monotonic()
        done = self.watcher.wait_for_all(self.options.settle)
        self.expect(done, f"not all is answered {self.options.settle:g} s after the last fault")
        say(f"all answered {time.monotonic() - began:.1f} s after the last fault" if done else "NOT all is answered")
        self.look()

    def judge(self) -> bool:
        for worker in self.workers:
            worker.alive()
        self.watcher.close()
        self.portal.tokens |= self.simulator.tokens()
        verdict = audit.audit(self.kafka.bootstrap, self.simulator.url, context=self.simulator.context)
        self.dead_letters_in_time()
        needles = leaks.needles_of(self.kafka.bootstrap, self.simulator, self.portal.tokens)
        needles.add("private key", self.portal.certificates.secrets())
        report = leaks.look(needles, leaks.places_of(self.stage, self.kafka.bootstrap, self.pages, self.file))
        self.expect(not report.leaks, f"{len(report.leaks)} leaks")
        self.expect(bool(needles.idempotency_keys) and bool(self.portal.tokens), "no tokens or keys to look for")
        print(f"\n{audit.table(verdict)}\n\n{report}\n{audit.summary(verdict)}")
        for fault in self.faults:
            print(f"not as it should be: {fault}")
        return verdict.passed and not self.faults

    def dead_letters_in_time(self) -> None:
        """Each belongs to the outage that it names."""
        messages, _ = audit.Broker(self.kafka.bootstrap, 60).read("estate.dead-letters")
        for message in messages:
            kind = audit.dead_letter_of(message).label
            at = message.timestamp()[1] / 1000
            fits = any(one.kind == kind and one.began - 0.5 <= at <= one.ended + 0.5 for one in self.windows)
            self.expect(fits, f"a dead letter {kind} of a time without such an outage")


def run(stage: Stage, options: argparse.Namespace) -> bool:
    outage = Outage(stage, options)
    say("two workers are ready")
    for name, act in (("dead-letter", outage.dead_letter), ("hold", outage.hold), ("rate", outage.rate)):
        if options.only in (None, name):
            act()
    return outage.judge()


def main() -> int:
    options = arguments()
    return play("outage", options, lambda stage: run(stage, options))


if __name__ == "__main__":
    sys.exit(main())
