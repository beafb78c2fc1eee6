"""What a test holds of the running sandbox."""

from dataclasses import dataclass
from typing import Any

import httpx

from channels.sandbox import SandboxConfig


@dataclass
class Sandbox:
    """`http` speaks to the control plane; `url` is where the twins are."""

    http: httpx.AsyncClient
    url: str
    config: SandboxConfig

    async def fault(self, service: str, fault: str, times: int = 1, path: str = "") -> None:
        """Arm a fault."""
        wanted = {"service": service, "fault": fault, "times": times, "path": path}
        (await self.http.post("/control/faults", json=wanted)).raise_for_status()

    async def decide(self, decision: str, times: int = 1) -> None:
        """Say how the next applications end."""
        wanted = {"next": decision, "times": times}
        (await self.http.post("/control/card-core/decisions", json=wanted)).raise_for_status()

    async def calls(self, service: str) -> list[dict[str, Any]]:
        """The journal of a service."""
        answer = await self.http.get("/control/journal", params={"service": service})
        items: list[dict[str, Any]] = answer.raise_for_status().json()["items"]
        return items

    async def code(self, **wanted: str) -> str:
        """A WeChat login code."""
        answer = await self.http.post("/control/wechat/codes", json=wanted)
        return str(answer.raise_for_status().json()["code"])

    async def wechat(self, path: str, /, **wanted: Any) -> Any:
        """Tell WeChat's twin something."""
        answer = await self.http.post(f"/control/wechat/{path}", json=wanted)
        return answer.raise_for_status().json()

    async def settle(self) -> None:
        """Let everything work again, and forget what was seen."""
        await self.http.delete("/control/faults")
        await self.http.delete("/control/journal")
        await self.http.delete("/control/wechat/people")
        await self.decide("disburse")
