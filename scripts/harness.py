"""Starts and ends what a run needs: brokers, the simulator, workers. Each process is ended by the id that it was given.

    with Stage() as stage:
        kafka = stage.kafka(brokers=3)
        portal = stage.simulator("--latency", "20")
        worker = stage.worker(kafka, portal.url)

Whatever ends the block, an exception or Ctrl-C too, all that was started is ended; the logs stay in `stage.directory`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection
from pathlib import Path
from types import TracebackType
from typing import Any

from machine import Failure, fetch, free_port, say, wait_until

ROOT = Path(__file__).resolve().parent.parent


class Process:
    """A program with its output in a file. It may be started again under the same name."""

    def __init__(self, name: str, command: list[str], log: Path, environment: dict[str, str] | None = None) -> None:
        self.name = name
        self.command = command
        self.log = log
        self._environment = {**os.environ, **(environment or {})}
        self._running: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as output:
            self._running = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,  # Ctrl-C is for the driver, which ends the rest in order
            )

    @property
    def pid(self) -> int:
        assert self._running
        return self._running.pid

    @property
    def status(self) -> int | None:
        """None while it runs; negative: the signal that ended it."""
        assert self._running
        return self._running.poll()

    def send(self, number: signal.Signals) -> None:
        if self.status is None:
            os.kill(self.pid, number)

    def end(self, number: signal.Signals = signal.SIGTERM, seconds: float = 40) -> int:
        """Sends the signal and waits; kills it when that takes too long. Returns how it ended."""
        assert self._running
        self.send(number)
        try:
            return self._running.wait(seconds)
        except subprocess.TimeoutExpired:
            say(f"{self.name} did not end within {seconds:.0f} s of {number.name}; killed")
            self.send(signal.SIGCONT)
            self.send(signal.SIGKILL)
            return self._running.wait()

    def minds(self, number: signal.Signals) -> bool:
        """Whether it has begun to handle this signal: one that comes earlier ends it at once, as any program."""
        try:
            text = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return False
        masks = [int(line.split()[1], 16) for line in text.splitlines() if line.startswith(("SigBlk:", "SigCgt:"))]
        return any(mask >> (number - 1) & 1 for mask in masks)

    @property
    def is_stopped(self) -> bool:
        """Whether SIGSTOP has taken effect."""
        text = Path(f"/proc/{self.pid}/stat").read_text()
        return text.rpartition(")")[2].split()[0] == "T"

    def tail(self, lines: int = 15) -> str:
        if not self.log.is_file():
            return "(no log)"
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def alive(self) -> None:
        if self.status is not None:
            raise Failure(f"{self.name} ended with {self.status}; {self.log} ends:\n{self.tail()}")


class Kafka:
    """Brokers started by scripts/kafka, or a cluster that is there already."""

    def __init__(self, bootstrap: str | None, brokers: int, directory: Path, disk: str | None = None) -> None:
        self._directory = directory
        self.is_ours = bootstrap is None
        self.brokers = brokers
        self._disk = disk
        if bootstrap is None:
            port = str(free_port(2 * brokers + 2))
            size = ["--disk", disk] if disk else []
            out = self._run("start", "--brokers", str(brokers), "--dir", str(directory), "--port", port, *size)
            lines = [line for line in out.splitlines() if line.startswith("BOOTSTRAP=")]
            if not lines:
                raise Failure(f"scripts/kafka start said no BOOTSTRAP:\n{out}")
            bootstrap = lines[-1].removeprefix("BOOTSTRAP=")
        self.bootstrap = bootstrap

    @property
    def ports(self) -> list[int]:
        """The ports of all brokers, asked of the cluster itself."""
        from confluent_kafka.admin import AdminClient

        found = AdminClient({"bootstrap.servers": self.bootstrap}).list_topics(timeout=30).brokers.values()
        return sorted(broker.port for broker in found)

    def act(self, action: str, broker: int) -> None:
        """kill, pause, resume, restart, fill or make-room of one broker, counted from 1."""
        self._run(action, str(broker), "--dir", str(self._directory))

    def is_running(self, broker: int) -> bool:
        """Whether its process is there."""
        status = subprocess.run(
            [str(ROOT / "scripts" / "kafka"), "status", "--dir", str(self._directory)], capture_output=True, text=True
        )
        return any(
            line.startswith(f"broker {broker} ") and " stopped " not in line for line in status.stdout.splitlines()
        )

    def stop(self) -> None:
        if self.is_ours:
            self._run("stop", "--dir", str(self._directory))
        for number in range(1, self.brokers + 1 if self._disk else 1):
            subprocess.run(["umount", "--lazy", str(self._directory / str(number) / "data")], check=False)

    def _run(self, *arguments: str) -> str:
        command = [str(ROOT / "scripts" / "kafka"), *arguments]
        with tempfile.TemporaryFile("w+") as out:  # not a pipe: brokers may keep it open
            ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, timeout=180)
            out.seek(0)
            text = out.read()
        if ended.returncode:
            raise Failure(f"scripts/kafka {' '.join(arguments)} ended with {ended.returncode}:\n{text}")
        return text


class Simulator(Process):
    """The stand-in portal. With a context it is reached by TLS, as who the context says."""

    def __init__(
        self, program: Path, log: Path, options: Collection[str], token_auth: str, context: ssl.SSLContext | None
    ) -> None:
        self.port = free_port()
        self.context = context
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"
        estates = () if "--estates" in options else ("--any-estate",)
        listen = ["--listen", f"127.0.0.1:{self.port}", *estates, "--token-auth", token_auth]
        super().__init__("simulator", [str(program), *listen, *options], log)
        self.wait_ready()

    def wait_ready(self) -> None:
        wait_until(self._answers, 20, "the simulator answers")

    def _answers(self) -> bool:
        self.alive()
        return self.get("/_audit")[0] == 200

    def get(self, path: str) -> tuple[int, bytes]:
        return fetch(f"{self.url}{path}", context=self.context)

    def put(self, path: str, body: Any) -> None:
        status, answer = fetch(f"{self.url}{path}", "PUT", body, self.context)
        if status not in (200, 204):
            raise Failure(f"PUT {path} answered {status}: {answer.decode(errors='replace')}")

    def faults(self, rates: dict[str, float]) -> None:
        self.put("/_faults", rates)

    def tokens(self) -> set[str]:
        """Those that it has issued since it was started."""
        return set(self.get("/_tokens")[1].decode().split())

    def arrivals(self, since: float) -> list[tuple[float, str]]:
        """When each call came, in seconds, and which it was."""
        lines = self.get(f"/_arrivals?since={int(since * 1000)}")[1].decode().splitlines()
        return [(int(at) / 1000, call) for at, call in (line.split() for line in lines)]


def sum_of_samples(page: bytes, name: str, **labels: str) -> float:
    """Of a page of metrics: all samples of that name with these labels."""
    wanted = [f'{key}="{value}"' for key, value in labels.items()]
    total = 0.0
    for line in page.decode().splitlines():
        sample, _, value = line.rpartition(" ")
        if sample.partition("{")[0] == name and all(label in sample for label in wanted):
            total += float(value)
    return total


class Worker(Process):
    def __init__(
        self, name: str, program: Path, log: Path, settings: dict[str, str], environment: dict[str, str], file: Path
    ) -> None:
        self.port = free_port()
        settings = {**settings, "admin.listen": f"127.0.0.1:{self.port}"}
        options = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
        super().__init__(name, [str(program), "run", "-c", str(file), *options], log, environment)

    def page(self, path: str) -> tuple[int, bytes]:
        """One of the endpoints that it serves. A 503 may only say that it was too busy to answer in time."""
        for _ in range(3):
            status, body = fetch(f"http://127.0.0.1:{self.port}{path}")
            if status != 503 or path == "/readyz":
                break
        return status, body

    @property
    def is_ready(self) -> bool:
        return self.status is None and self.page("/readyz")[0] == 200

    def gate(self) -> dict[str, Any]:
        """What /status says of the gate; nothing when it does not answer."""
        status, body = self.page("/status")
        found: dict[str, Any] = json.loads(body).get("gate", {}) if status == 200 else {}
        return found

    def metric(self, name: str, **labels: str) -> float:
        """The sum of all samples of that name with these labels."""
        return sum_of_samples(self.page("/metrics")[1], name, **labels)

    def partitions(self) -> list[int]:
        """Those that it owns, by its own account; none when it does not answer."""
        status, body = fetch(f"http://127.0.0.1:{self.port}/status")
        return [one["partition"] for one in json.loads(body)["partitions"]] if status == 200 else []

    def is_member(self) -> bool:
        status, body = fetch(f"http://127.0.0.1:{self.port}/status")
        return status == 200 and bool(json.loads(body)["member"])

    def in_force(self) -> dict[str, str]:
        """Its settings, as it prints them."""
        ended = subprocess.run([*self.command, "--print-config"], capture_output=True, text=True, timeout=60)
        if ended.returncode:
            raise Failure(f"{self.name} --print-config ended with {ended.returncode}:\n{ended.stderr}")
        return dict(line.split("=", 1) for line in ended.stdout.splitlines() if "=" in line)

    def wait_ready(self, seconds: float = 60) -> None:
        def ready() -> bool:
            self.alive()
            return self.is_ready

        wait_until(ready, seconds, f"{self.name} is ready")


def build_preload(source: str, directory: Path) -> Path:
    """A library of scripts/ to be named in LD_PRELOAD."""
    library = directory / Path(source).with_suffix(".so")
    command = ["cc", "-shared", "-fPIC", "-O2", "-o", str(library), str(ROOT / "scripts" / source), "-ldl"]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Failure(f"cannot build {source} ({error}); is there a C compiler? scripts/setup bench") from error
    return library


class Stage:
    def __init__(self, options: argparse.Namespace) -> None:
        self._bin = Path(options.bin).resolve()
        self._bootstrap: str | None = options.bootstrap
        self._ends = contextlib.ExitStack()
        #: Set it when all went well: a temporary folder is removed then.
        self.passed = False
        self.directory = Path(options.dir or tempfile.mkdtemp(prefix="proklama-")).resolve()
        self.directory.mkdir(parents=True, exist_ok=True)
        self._is_temporary = not options.dir
        #: Where requests' files lie.
        self.attachments = self.directory / "attachments"
        self.attachments.mkdir(exist_ok=True)
        self._settings = dict(pair.split("=", 1) for pair in options.set)
        self._environment = dict(pair.split("=", 1) for pair in options.worker_env)

    def __enter__(self) -> Stage:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        say(f"logs in {self.directory}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends.close()
        if self.passed and self._is_temporary:
            shutil.rmtree(self.directory, ignore_errors=True)

    def at_end(self, action: Callable[[], Any]) -> None:
        self._ends.callback(action)

    def kafka(self, brokers: int = 1, disk: str | None = None) -> Kafka:
        """With `disk`, each broker's data has a file system of its own of that size (`machine.private_mounts`)."""
        kafka = Kafka(self._bootstrap, brokers, self.directory / "kafka", disk)
        self.at_end(kafka.stop)
        return kafka

    def program(self, name: str) -> Path:
        path = self._bin / name
        if not path.exists():
            raise Failure(f"no {path}: run `swift build -c release` first, or name the folder with --bin")
        return path

    def simulator(self, *options: str, token_auth: str = "none", context: ssl.SSLContext | None = None) -> Simulator:
        log = self.directory / "simulator.log"
        simulator = Simulator(self.program("portal-simulator"), log, options, token_auth, context)

        def end() -> None:
            simulator.send(signal.SIGCONT)
            simulator.end(seconds=5)

        self.at_end(end)
        return simulator

    def settings_file(self, kafka: Kafka, portal_url: str, settings: dict[str, str], name: str = "proklama") -> Path:
        """The settings that all workers of a run share."""
        shared = {
            "kafka.bootstrap.servers": kafka.bootstrap,
            "portal.environment": "simulator",
            "portal.url": portal_url,
            "portal.token.auth": "none",
            "attachments.folder": str(self.attachments),
            **settings,
            **self._settings,
        }
        file = self.directory / f"{name}.properties"
        file.write_text("".join(f"{key}={value}\n" for key, value in shared.items()))
        return file

    def create_topics(self, file: Path, partitions: int, replicas: int) -> None:
        command = [str(self.program("proklama")), "topics", "create", "-c", str(file)]
        command += ["--partitions", str(partitions), "--replication-factor", str(replicas)]
        for _ in range(3):
            ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=90)
            # On a busy machine, a broker may not know yet of what another has just made.
            if "does not exist" not in ended.stdout:
                break
            time.sleep(1)
        if ended.returncode:
            raise Failure(f"proklama topics create ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}")

    def worker(
        self,
        name: str,
        file: Path,
        settings: dict[str, str] | None = None,
        environment: dict[str, str] | None = None,
        log: Path | None = None,
    ) -> Worker:
        """With its log in the stage's folder, or where `log` says."""
        both = {**(environment or {}), **self._environment}
        log = log or self.directory / f"{name}.log"
        worker = Worker(name, self.program("proklama"), log, settings or {}, both, file)

        def end() -> None:
            worker.send(signal.SIGCONT)
            worker.end()

        self.at_end(end)
        return worker


def play(title: str, options: argparse.Namespace, run: Callable[[Stage], bool], again: str = "") -> int:
    """Runs on a stage of its own, and says how that ended; the program's status.

    `again` is what repeats it.
    """
    began = time.monotonic()
    try:
        with Stage(options) as stage:
            passed = stage.passed = run(stage)
    except Failure as failure:
        print(f"{title}: {failure}", file=sys.stderr)
        passed = False
    say(f"took {time.monotonic() - began:.0f} s")
    print(f"{title}:", "passed" if passed else f"FAILED{again}")
    return 0 if passed else 1


def common_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bin", default=str(ROOT / ".build" / "release"), help="folder of the programs")
    parser.add_argument("--dir", help="folder for logs and brokers (default: a new one in the temporary folder)")
    parser.add_argument("--bootstrap", help="a running Kafka to use, instead of starting one")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting for all workers")
    parser.add_argument("--worker-env", action="append", default=[], metavar="KEY=VALUE", help="environment of workers")
