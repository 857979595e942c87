"""The OpenAPI document is held against exchanges, and exchanges that part from it are found."""

from __future__ import annotations

import json
import unittest
from dataclasses import replace

from exchanges import Exchange, problems

JSON = (("Content-Type", "application/json"),)
KEY = (*JSON, ("Idempotency-Key", "k"))
CLAIM = {"kreditor": {"cvrNummer": "97281536"}, "reference": "R", "hovedstol": "1.00", "foreloebig": False}
RECEIPT = {"id": "F-1", "kvittering": {"id": "K-1", "modtaget": "2026-11-24T10:15:00Z"}}


def exchange(method: str, target: str, body: object, status: int, answer: object) -> Exchange:
    given = b"" if body is None else json.dumps(body).encode()
    return Exchange(method, target, KEY, given, status, JSON, json.dumps(answer).encode())


GOOD = [
    exchange("POST", "/doedsbojournaler?page=1&size=50", {"cprNummer": "6601250100"}, 200, [{"doedsbojournalId": "b"}]),
    exchange("POST", "/doedsbojournaler/b-1/krav", CLAIM, 201, RECEIPT),
    exchange("PUT", "/doedsbojournaler/b-1/krav/F-1", CLAIM, 200, RECEIPT),
    exchange("DELETE", "/doedsbojournaler/b-1/krav/F-1", None, 200, RECEIPT),
    exchange("POST", "/doedsbojournaler/b-1/krav", {}, 422, {"kode": "x", "besked": "y"}),
    exchange("GET", "/doedsbojournaler/b-1/krav?reference=R&kreditor=97281536", None, 200, []),
]


class Exchanges(unittest.TestCase):
    def test_good_ones_pass(self) -> None:
        self.assertEqual(problems(GOOD), [])

    def test_each_way_of_parting_is_found(self) -> None:
        search, submit, _, _, refused, look_up = GOOD
        parted = [
            replace(search, target="/estates"),
            replace(search, method="PATCH"),
            replace(search, body=b'{"cpr":"6601250100"}'),
            replace(search, answer=b'{"doedsbojournalId":"b"}'),
            replace(search, answer=b'[{"id":"b"}]'),
            replace(submit, headers=JSON),
            replace(submit, body=json.dumps({**CLAIM, "hovedstol": "1"}).encode()),
            replace(submit, answer=b'{"id":"F-1"}'),
            replace(refused, answer=b"[]"),
            replace(refused, answer_headers=(("Content-Type", "text/html"),)),
            replace(look_up, target="/doedsbojournaler/b-1/krav?reference=R"),
        ]
        for one in parted:
            with self.subTest(one.target):
                self.assertEqual(len(problems([one])), 1, one)

    def test_no_value_is_quoted(self) -> None:
        bad = replace(GOOD[1], body=json.dumps({**CLAIM, "hovedstol": "SECRET"}).encode())
        self.assertNotIn("SECRET", " ".join(problems([bad])))


if __name__ == "__main__":
    unittest.main()
