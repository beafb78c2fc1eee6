"""We ask suppliers to issue. What is not a documented answer is `NoAnswer`: the outcome is unknown, ask again."""

import secrets

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from channels.card_core.signature import sign
from channels.outbound import answered, ask, no_answer
from channels.suppliers.wire import IssueAsked, IssueQueried
from domain.ports import Refused, SupplierIssue
from kit import clock

PARTNER = "cardquest"
"""How we call ourselves in `X-Partner`."""
REFUSALS = frozenset(
    {"issue.unknown", "issue.conflict", "product.unknown", "product.sold_out", "contract.ended", "request.invalid"}
)


class SupplierClient:
    """`domain.ports.Suppliers` over HTTP, signed like what partners tell us. Both verbs may be repeated: effects carry
    our request number. `http` bounds each call and has no base URL: each supplier has its own.
    """

    def __init__(self, http: httpx.AsyncClient, key: RSAPrivateKey) -> None:
        self._http, self._key = http, key

    async def issue(self, supplier: str, url: str, request_no: str, product: str) -> SupplierIssue:
        """A refusal by a documented code is an outcome, like one in the answer's `state`."""
        try:
            return await self._ask(supplier, f"{url}/issues", request_no, IssueAsked(request_no, product))
        except Refused as refusal:
            if refusal.code == "issue.unknown":
                raise no_answer(supplier, "issue.unknown to an order") from None
            return SupplierIssue(request_no, "refused", reason=refusal.code)

    async def query(self, supplier: str, url: str, request_no: str) -> SupplierIssue | None:
        """None only when the supplier itself says that it has never seen this request."""
        try:
            return await self._ask(supplier, f"{url}/issue-queries", request_no, IssueQueried(request_no))
        except Refused as refusal:
            if refusal.code == "issue.unknown":
                return None
            raise no_answer(supplier, f"{refusal.code} to a question") from None

    async def _ask(self, supplier: str, url: str, request_no: str, asked: msgspec.Struct) -> SupplierIssue:
        body = msgspec.json.encode(asked)
        timestamp = str(int(clock.now().timestamp()))
        headers = sign(self._key, PARTNER, timestamp, secrets.token_urlsafe(18), body)
        headers |= {"X-Request-No": request_no, "Content-Type": "application/json"}
        response = await ask(self._http, supplier, "POST", url, content=body, headers=headers)
        said = answered(supplier, response, SupplierIssue, REFUSALS)
        if said.request_no != request_no:
            raise no_answer(supplier, "answer to another request")
        if said.state == "issued" and said.issued_at is None:
            raise no_answer(supplier, "issued without issued_at")
        return said
