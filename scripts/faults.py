"""What chaos does: a schedule of faults that a seed decides, without knowing how any of them is carried out."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class Fault:
    """A fault of one target from `at` until `at + lasts`, in seconds from the start."""

    at: float
    lasts: float
    action: str
    target: str
    detail: tuple[tuple[str, float], ...] = field(default=())

    def __str__(self) -> str:
        detail = "".join(f" {name}={value:g}" for name, value in self.detail)
        return f"{self.at:7.1f} s  {self.target:9} {self.action}{detail} for {self.lasts:.1f} s"


#: action: (weight, shortest, longest). Short and long pauses lie on either side of the session time-out and the lease.
_WORKER = {
    "kill": (4, 0.2, 12.0),
    "stop": (3, 0.2, 6.0),
    "pause": (2, 0.5, 6.0),
    "long-pause": (1, 20.0, 30.0),
    "cut-portal": (1, 0.2, 5.0),
    "stall-portal": (1, 1.0, 12.0),
    "swallow-portal": (2, 0.5, 5.0),
    "cut-kafka": (1, 0.2, 5.0),
    "stall-kafka": (1, 1.0, 20.0),
}
_BROKER = {
    "kill": (2, 1.0, 6.0),
    "pause": (2, 1.0, 12.0),
    "restart": (1, 0.0, 0.0),
    "full-disk": (2, 3.0, 8.0),
}
#: fault of the simulator: (weight, rate).
_PORTAL = {
    "submit.answer-lost": (3, 0.3),
    "submit.error-after": (2, 0.3),
    "submit.malformed": (1, 0.2),
    "submit.slow": (1, 0.2),
    "submit.slow-processing": (1, 0.1),
    "attach.answer-lost": (2, 0.3),
    "attach.error-after": (1, 0.3),
    "attach.slow-processing": (1, 0.2),
    "cut-upload": (1, 0.5),
    "reset-before": (2, 0.3),
    "unavailable": (1, 0.4),
    "too-many": (1, 0.4),
    "error": (1, 0.4),
}


def rounds(minutes: float, length: float) -> list[float]:
    """How long each round of a run lasts, in minutes."""
    count = max(1, math.ceil(minutes / length))
    return [minutes / count] * count


def schedule(
    seed: int, seconds: float, workers: int, brokers: int, pause: float = 6.0, links: bool = True, disks: bool = True
) -> list[Fault]:
    """Faults that begin `pause` seconds apart on average. A target has one at a time; one broker at most is away."""
    dice = random.Random(seed)
    faults: list[Fault] = []
    free = {f"worker-{number + 1}": 0.0 for number in range(workers)} | {"portal": 0.0}
    if brokers:
        free["broker"] = 0.0
    at = 3.0
    while at < seconds:
        idle = [target for target, since in free.items() if since <= at]
        if idle:
            target = dice.choice(idle)
            fault = _one(dice, at, target, brokers, links, disks)
            faults.append(fault)
            # A restarted worker or broker gets a moment to be of use again.
            free[target] = at + fault.lasts + (10.0 if target == "broker" else 3.0)
        at += dice.uniform(0.3, 2 * pause)
    return faults


def _one(dice: random.Random, at: float, target: str, brokers: int, links: bool, disks: bool) -> Fault:
    if target == "portal":
        weights = [weight for weight, _ in _PORTAL.values()]
        names = sorted(set(dice.choices(list(_PORTAL), weights, k=dice.choice((1, 1, 2)))))
        return Fault(at, dice.uniform(3, 15), "faults", target, tuple((name, _PORTAL[name][1]) for name in names))
    kinds = _BROKER if target == "broker" else _WORKER
    names = [name for name in kinds if links or "-kafka" not in name and "-portal" not in name]
    names = [name for name in names if disks or name != "full-disk"]
    action = dice.choices(names, [kinds[name][0] for name in names])[0]
    _, shortest, longest = kinds[action]
    lasts = dice.uniform(shortest, longest)
    if target == "broker":
        return Fault(at, lasts, action, target, (("number", dice.randint(1, brokers)),))
    return Fault(at, lasts, action, target)
