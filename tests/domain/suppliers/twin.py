"""The suppliers' twin on a socket of its own, the house's port to it, and the house's door for its callbacks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from sanic import Sanic

from channels.outbound import connect
from channels.sandbox import SandboxConfig, create_sandbox, ensure_keys
from channels.suppliers import inbound
from channels.suppliers.client import SupplierClient
from channels.suppliers.sandbox import SuppliersTwin
from domain import ports
from domain.benefits import SUPPLIERS
from kit.http import install_problems
from tests.domain.coupons.stage import publish
from tests.serving import serve

ANSWERS_WITHIN = 1.0
CODE = "films"


class Twin:
    """What suppliers are told to do, what they were asked, and what stands in their books."""

    def __init__(self, app: Sanic, http: httpx.AsyncClient, folder: Path, public_key: str) -> None:
        self.app, self.http, self.folder, self.public_key = app, http, folder, public_key

    @property
    def books(self) -> SuppliersTwin:
        """Its ledgers."""
        books: SuppliersTwin = self.app.ctx.suppliers
        return books

    async def admit(self, code: str = CODE, **changes: Any) -> None:
        """A live supplier that issues here."""
        api = {"url": f"{self.http.base_url}/suppliers/{code}", "requests_per_second": 1_000, **changes.pop("api", {})}
        await publish(SUPPLIERS, code, {"name": "电影票务", "public_key": self.public_key, "api": api, **changes})

    async def fault(self, fault: str, path: str = "", times: int = 1) -> None:
        """The next `times` calls whose path contains `path` fail."""
        wanted = {"service": "suppliers", "fault": fault, "times": times, "path": path}
        (await self.http.post("/control/faults", json=wanted)).raise_for_status()

    async def decide_next(self, decision: str, times: int = 1) -> None:
        """How the next requests end."""
        wanted = {"next": decision, "times": times}
        (await self.http.post("/control/suppliers/decisions", json=wanted)).raise_for_status()

    async def calls(self, what: str) -> list[dict[str, Any]]:
        """The calls it received whose path ends so, the oldest first."""
        answer = await self.http.get("/control/journal", params={"service": "suppliers", "limit": 10_000})
        return [call for call in answer.json()["items"] if call["path"].endswith(what)]

    async def ledger(self, code: str = CODE) -> dict[str, Any]:
        """What it issued and saw used."""
        found: dict[str, Any] = (await self.http.get(f"/control/suppliers/{code}/ledger")).json()
        return found

    async def use(self, supplier: str = CODE, **wanted: Any) -> Any:
        """Something is used there; the platform's answer to the callback."""
        answer = await self.http.post(f"/control/suppliers/{supplier}/usages", json=wanted)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def make_file(self, code: str = CODE, **wanted: Any) -> dict[str, str]:
        """Its file of a day, laid into the inbox."""
        answer = await self.http.post(f"/control/suppliers/{code}/files", json=wanted)
        made: dict[str, str] = answer.raise_for_status().json()
        return made

    @property
    def inbox(self) -> Path:
        """Where its files arrive."""
        return self.folder / "inbox"


@asynccontextmanager
async def suppliers_twin(folder: Path, keys_dir: Path) -> AsyncIterator[Twin]:
    """A twin with books in `folder` and the keys of `keys_dir`, bound as this process's suppliers, that reaches our door for callbacks."""
    door = Sanic("suppliers_door", configure_logging=False)
    inbound.routes.register(door)
    install_problems(door)
    keys = ensure_keys(keys_dir)
    async with serve(door) as platform:
        config = SandboxConfig(
            str(platform.base_url),
            keys_dir,
            folder / "data",
            hold_seconds=3.0,
            suppliers_inbox_dir=folder / "inbox",
        )
        app = create_sandbox(config, name="suppliers_twin_under_test")
        async with serve(app) as control, connect("", ANSWERS_WITHIN) as http:
            others: Any = None
            client = SupplierClient(http, keys.platform)
            ports.bind(ports.Ports(card_core=others, bank_app=others, wechat=others, sms=others, suppliers=client))
            yield Twin(app, control, folder, keys.supplier_public_file.read_text())
            ports.bind(None)
