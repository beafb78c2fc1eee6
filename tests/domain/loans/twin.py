"""The card core's twin on a socket of its own, and the house's port to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from sanic import Sanic

from channels.card_core.client import CardCoreClient
from channels.card_core.sandbox_books import BookedEntry, BookedLoan
from channels.outbound import connect
from channels.sandbox import SandboxConfig, create_sandbox
from domain import loans, ports
from domain.loans import Loan, LoanState, Notice
from kit import clock
from tests.serving import serve

# Long enough for a twin on an overloaded machine: a loan that got no answer by chance is another test.
ANSWERS_WITHIN = 2.0


class Twin:
    """What the core is told to do, what it was asked, and what stands in its books."""

    def __init__(self, app: Sanic, http: httpx.AsyncClient) -> None:
        self._app, self._http = app, http

    async def fault(self, fault: str, path: str, times: int = 1) -> None:
        """The next `times` calls whose path contains `path` fail."""
        wanted = {"service": "card_core", "fault": fault, "times": times, "path": path}
        (await self._http.post("/control/faults", json=wanted)).raise_for_status()

    async def works_again(self) -> None:
        """No fault is armed any more."""
        (await self._http.delete("/control/faults")).raise_for_status()

    async def decide_next(self, decision: str, times: int = 1) -> None:
        """How the next applications end."""
        wanted = {"next": decision, "times": times}
        (await self._http.post("/control/card-core/decisions", json=wanted)).raise_for_status()

    async def calls(self, method: str, path: str) -> list[dict[str, Any]]:
        """The calls it received, the oldest first."""
        answer = await self._http.get("/control/journal", params={"service": "card_core", "limit": 10_000})
        return [call for call in answer.json()["items"] if (call["method"], call["path"]) == (method, path)]

    async def change(self, loan: Loan, change: str | None, tell: str = "never") -> dict[str, Any]:
        """Something happens to a loan after it was applied for."""
        wanted = {"request_no": loan.request_no, "change": change, "tell": tell}
        answer = await self._http.post("/control/card-core/loan-changes", json=wanted)
        return dict(answer.raise_for_status().json())

    async def tell(self, loan: Loan, state: LoanState | None = None) -> bool:
        """We hear what the loan is now (or is said to be), as by a notice; whether it was news."""
        booked = self.loan(loan.request_no)
        assert booked is not None
        said = state or LoanState(booked.state)
        reductions = booked.reduced_by()
        return await loans.hear(Notice("N1", loan.request_no, said, clock.now(), booked.reason, reductions))

    async def clear_journal(self) -> None:
        """Forget the calls so far."""
        (await self._http.delete("/control/journal")).raise_for_status()

    def loan(self, request_no: str) -> BookedLoan | None:
        """A loan in its books."""
        found: BookedLoan | None = self._app.ctx.card_core.books.loan(request_no)
        return found

    def entry(self, request_no: str) -> BookedEntry | None:
        """An accounting entry in its books."""
        found: BookedEntry | None = self._app.ctx.card_core.books.entry(request_no)
        return found

    def standing(self) -> dict[int, int]:
        """What its books say each coupon took off."""
        entries: list[BookedEntry] = self._app.ctx.card_core.books.entries()
        return {int(one.coupon_no): one.amount_fen for one in entries if one.reversed_by is None}


@asynccontextmanager
async def card_core_twin(folder: Path) -> AsyncIterator[Twin]:
    """A twin with books in `folder`, bound as this process's card core."""
    app = create_sandbox(
        SandboxConfig("http://127.0.0.1:9", folder / "keys", folder / "data", hold_seconds=2.6), name="loans_twin"
    )
    async with serve(app) as control, connect(f"{control.base_url}/card-core", ANSWERS_WITHIN) as http:
        others: Any = None
        ports.bind(ports.Ports(card_core=CardCoreClient(http), bank_app=others, wechat=others, sms=others))
        yield Twin(app, control)
        ports.bind(None)
