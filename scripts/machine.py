"""Small things that a run needs of this machine: free ports, waiting, HTTP."""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import json
import os
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any


class Failure(Exception):
    """The run cannot go on. The text says what to look at."""


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def private_mounts() -> str | None:
    """Gives this thread, and what it starts, mounts of their own: they vanish with the last of these processes.

    Returns why that is not possible, or None.
    """
    if os.geteuid() != 0:
        return "it needs root"
    library = ctypes.CDLL(None, use_errno=True)
    if library.unshare(_CLONE_NEWNS) != 0:
        return f"no mount namespace: {os.strerror(ctypes.get_errno())}"
    with tempfile.TemporaryDirectory() as directory:
        for command in (
            ["mount", "--make-rprivate", "/"],
            ["mount", "-t", "tmpfs", "-o", "size=64k", "trial", directory],
            ["umount", directory],
        ):
            ended = subprocess.run(command, capture_output=True, text=True)
            if ended.returncode:
                return f"{' '.join(command[:3])}: {ended.stderr.strip()}"
    return None


_CLONE_NEWNS = 0x00020000

#: Where the next search for a port begins: a port is given out once, for its owner may not have bound it yet.
_next_port = 20_000 + (os.getpid() * 37) % 8_000
_ports = threading.Lock()


def free_port(count: int = 1) -> int:
    """The first of `count` adjoining free ports, below the range from which the system takes ports of its own."""
    global _next_port
    with _ports:  # two threads that look at the same time must not find the same one
        for first in range(_next_port, 32_000, count):
            try:
                with contextlib.ExitStack() as held:
                    for port in range(first, first + count):
                        held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
            _next_port = first + count
            return first
    raise Failure("no free port")


def wait_until(condition: Callable[[], bool], seconds: float, what: str, pause: float = 0.05) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Failure(f"{what}: not within {seconds:.0f} s")
        time.sleep(pause)


def fetch(
    url: str, method: str = "GET", body: Any = None, context: ssl.SSLContext | None = None, seconds: float = 10
) -> tuple[int, bytes]:
    """Status and body; 0 when nobody answers."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=seconds, context=context) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
