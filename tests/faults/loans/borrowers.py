"""Customers who borrow, over HTTP, and ask again with the same key until somebody has answered."""

import asyncio
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from tests.faults.loans.house import LoanHouse

PATIENCE_S = 20.0
METHODS = ("equal_instalment", "equal_principal", "interest_first", "per_day")
ALONE = "alone"
ENDS = ("cancel", "repay_early")
DECIDED = ("disbursed", "declined", "cancelled", "repaid_early")


@dataclass
class Tally:
    """What borrowers met with; `wrong` is what should never happen, `told` what they believe of their loans."""

    requests: int = 0
    unanswered: int = 0
    unavailable: int = 0
    applied_again: int = 0
    coupons_wanted: int = 0
    slowest_s: float = 0.0
    bank: Counter[str] = field(default_factory=Counter)
    told: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


class Borrower:
    """One customer, one loan after the other."""

    def __init__(self, house: LoanHouse, customer_no: str, chance: Random, tally: Tally) -> None:
        self._house, self._number, self._chance, self._tally = house, customer_no, chance, tally
        self._http = httpx.AsyncClient(timeout=PATIENCE_S, trust_env=False)
        self._headers: dict[str, str] = {}
        self._over: set[str] = set()

    async def borrow(self, loans: int) -> None:
        """Sign in and take so many loans, each until the bank has decided and perhaps ended it."""
        async with self._http:
            await self._sign_in()
            for _ in range(loans):
                await self._one_loan()

    async def _one_loan(self) -> None:
        terms = {
            "amount_fen": self._chance.randrange(300_000, 2_000_000, 100),
            "periods": self._chance.choice((3, 6, 12)),
            "method": self._chance.choice(METHODS),
        }
        body = {**terms, "coupon_ids": await self._choose(terms)}
        trial = await self._send("POST", "/loan-trials", json=body)
        if trial.status_code != 200:
            # A coupon of an earlier application was given back or taken in the meantime: then without.
            body = {**terms, "coupon_ids": []}
            trial = await self._send("POST", "/loan-trials", json=body)
        table = trial.json()["cost_table"]
        confirmed = {"cost_table_version": table["version"], "cost_table_seconds": table["reading_seconds"]}
        loan_id = await self._apply({**body, **confirmed})
        if loan_id is None:
            return
        self._tally.coupons_wanted += len(body["coupon_ids"])
        state = await self._decided(loan_id)
        self._tally.told[loan_id] = await self._end(loan_id, state)
        self._over.add((await self._at_the_bank())[0])

    async def _choose(self, terms: dict[str, Any]) -> list[str]:
        answer = await self._send("GET", "/loan-trials/coupons", params=terms)
        usable = [one["coupon"] for one in answer.json()["items"] if one["usable"]]
        alone = [one["coupon_id"] for one in usable if one["template"] == ALONE]
        others: dict[str, str] = {one["template"]: one["coupon_id"] for one in usable if one["template"] != ALONE}
        drawn = self._chance.random()
        if drawn < 0.15:
            return []
        if drawn < 0.45 and alone:
            return alone[:1]
        chosen = list(others.values())
        self._chance.shuffle(chosen)
        return chosen[: self._chance.randint(1, 3)]

    async def _apply(self, body: dict[str, Any]) -> str | None:
        key = secrets.token_hex(12)
        sent = [self._send("POST", "/loans", json=body, headers={"Idempotency-Key": key}) for _ in range(2)]
        if self._chance.random() < 0.7:
            sent.pop().close()
        else:
            self._tally.applied_again += 1
        answers = await asyncio.gather(*sent)
        if {answer.status_code for answer in answers} != {202}:
            self._tally.wrong.append(f"an application was answered {[answer.text[:200] for answer in answers]}")
            return None
        ids = {answer.json()["loan_id"] for answer in answers}
        if len(ids) > 1:
            self._tally.wrong.append(f"one key made the loans {ids}")
        return str(ids.pop())

    async def _decided(self, loan_id: str) -> str:
        """Until it is; the bank thinks about what it left undecided, and sometimes says so by itself."""
        while True:
            state = await self._state(loan_id)
            if state in DECIDED:
                return state
            await asyncio.sleep(self._chance.uniform(0.1, 0.4))
            # The application may be lost on its way: then the bank's newest is an earlier one, and that is over.
            if self._chance.random() < 0.3 and (await self._at_the_bank())[1] == "processing":
                change = self._chance.choice(("disburse", "decline"))
                await self._bank(change, tell=self._chance.random() < 0.6)

    async def _end(self, loan_id: str, state: str) -> str:
        """What the bank does with it afterwards is told until it was heard, and once more."""
        if (await self._at_the_bank())[0] in self._over:
            return state
        if state == "declined" and self._chance.random() < 0.3:
            change = "disburse"
        elif state == "disbursed" and self._chance.random() < 0.6:
            change = self._chance.choice(ENDS)
        else:
            return state
        if not await self._bank(change, tell=self._chance.random() < 0.5):
            return state
        while not await self._bank(None, tell=True):
            await asyncio.sleep(0.1)
        await self._bank(None, tell=True)
        return await self._state(loan_id)

    async def _at_the_bank(self) -> tuple[str, str]:
        """Number and state of the customer's newest loan there."""
        answer = await self._house.tell_bank("card-core/loan-changes", {"customer_no": self._number, "tell": "never"})
        found = answer.json() if answer.status_code == 200 else {}
        return found.get("request_no", ""), found.get("state", "")

    async def _bank(self, change: str | None, *, tell: bool) -> bool:
        """Whether the bank did it; a notice nobody took is no success where there was nothing to do but tell."""
        body = {"customer_no": self._number, "change": change, "tell": "once" if tell else "never"}
        answer = await self._house.tell_bank("card-core/loan-changes", body)
        self._tally.bank[f"{change or 'told again'}: {answer.status_code}"] += 1
        if change is not None:
            return answer.status_code in (200, 503)
        return answer.status_code == 200 and "accepted" in (answer.json()["answer"] or {})

    async def _state(self, loan_id: str) -> str:
        return str((await self._send("GET", f"/loans/{loan_id}")).json()["state"])

    async def _sign_in(self) -> None:
        while True:
            ticket = (await self._house.tell_bank("bank-app/tickets", {"customer_no": self._number})).json()["ticket"]
            body = {"channel": "bank_app", "ticket": ticket}
            answer = await self._once("POST", "/sessions", json=body)
            if answer is not None and answer.status_code == 201:
                self._headers = {"Authorization": f"Bearer {answer.json()['token']}"}
                return
            await asyncio.sleep(0.2)

    async def _send(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        """Until there is an answer that is not about somebody being down."""
        given = {**self._headers, **(headers or {})}
        while True:
            answer = await self._once(method, path, headers=given, **more)
            if answer is not None and answer.status_code < 500:
                return answer
            await asyncio.sleep(self._chance.uniform(0.05, 0.3))

    async def _once(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        began = time.monotonic()
        self._tally.requests += 1
        try:
            answer = await self._http.request(method, f"{self._chance.choice(self._house.urls)}/api/v1{path}", **more)
        except httpx.TimeoutException as error:
            self._tally.wrong.append(f"no answer within {PATIENCE_S:.0f} s: {error!r}")
            return None
        except httpx.TransportError:
            self._tally.unanswered += 1
            return None
        self._tally.slowest_s = max(self._tally.slowest_s, time.monotonic() - began)
        self._tally.unavailable += answer.status_code == 503
        if answer.status_code >= 500 and answer.status_code != 503 and self._house.was_whole_since(began):
            self._tally.wrong.append(f"answered {answer.status_code} though nothing was broken: {answer.text[:300]}")
        return answer
