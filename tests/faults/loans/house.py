"""A house whose bank answers: the sandbox is a process too, but one that is only told to fail, never killed."""

from pathlib import Path
from typing import Any

import httpx

from server import local
from server.embedded import PostgresServer, ValkeyServer
from server.local import Place
from tests.faults.house import House
from tests.faults.processes import Process
from tests.platform import free_port

_PARTNER_TIMEOUT_S = "0.8"


class LoanHouse(House):
    """Web processes and workers as in every house, and the bank they borrow from."""

    def __init__(self, folder: Path, postgres: PostgresServer, valkey: ValkeyServer, webs: int, workers: int) -> None:
        self._bank_port = free_port()
        super().__init__(folder, postgres, valkey, webs, workers)
        self.bank_url = f"http://127.0.0.1:{self._bank_port}"
        self.books = folder / "sandbox" / "card_core.sqlite3"
        self.bank = self.process("bank", "sandbox", int(self.urls[0].rsplit(":", 1)[1]))

    def process(self, name: str, command: str, port: int = 1) -> Process:
        """A process of the program in this house; not started."""
        given = local.fill_in(Place(self.folder, port, self._bank_port))
        own = {
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.valkey.url,
            "LOG_JSON": "true",
            "PARTNER_TIMEOUT_SECONDS": _PARTNER_TIMEOUT_S,
        }
        return Process(name, command, {**given, **own}, self.logs)

    async def tell_bank(self, path: str, body: dict[str, Any] | None = None, method: str = "POST") -> httpx.Response:
        """A call of the bank's control plane."""
        async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
            return await http.request(method, f"{self.bank_url}/control/{path}", json=body)

    def end(self) -> None:
        """No process of the program is left."""
        super().end()
        self.bank.kill()
