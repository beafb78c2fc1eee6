"""Partners as these tests need them: in memory, answering what they were told to."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlencode

import pytest

from domain import ports
from domain.customers import CustomerSubject, bind, load_session, sign_in_by_wechat
from domain.ports import CoreCustomer, JsSdkConfig, Ports, Ticket, WeChatUser
from kit import clock

HOLDER = CoreCustomer("C0000000017", "何小明", "payer", "young", "SH", "5770", 17)
PHONE = "13800001234"


class Bank:
    """Every partner in one. `silent` names the verbs that do not answer, `refusing` those that say no."""

    def __init__(self) -> None:
        self.silent: set[str] = set()
        self.refusing: dict[str, str] = {}
        self.known = {HOLDER.customer_no: HOLDER}
        self.sent: list[tuple[str, str, str]] = []

    def _asked(self, verb: str) -> None:
        if verb in self.silent:
            raise ports.NoAnswer
        if verb in self.refusing:
            raise ports.Refused(self.refusing[verb], "不行")

    def verify_ticket(self, ticket: str) -> Ticket:
        """A ticket is `id:customer_no`."""
        self._asked("verify_ticket")
        ticket_id, customer_no = ticket.split(":")
        return Ticket(ticket_id, customer_no, clock.now(), clock.now() + timedelta(minutes=5))

    async def customer(self, customer_no: str) -> CoreCustomer | None:
        self._asked("customer")
        return self.known.get(customer_no)

    async def customer_of_card(self, phone: str, card_last4: str) -> CoreCustomer | None:
        self._asked("customer_of_card")
        return HOLDER if (phone, card_last4) == (PHONE, HOLDER.card_last4) else None

    async def phone_of(self, customer_no: str) -> str | None:
        self._asked("phone_of")
        return PHONE if customer_no in self.known else None

    async def mini_user(self, code: str) -> WeChatUser:
        """A code is `openid` and anything after a dash."""
        self._asked("mini_user")
        return WeChatUser(code.partition("-")[0])

    async def web_user(self, code: str) -> WeChatUser:
        """As `mini_user`."""
        self._asked("web_user")
        return WeChatUser(code.partition("-")[0])

    def authorize_url(self, redirect: str, state: str, scope: str) -> str:
        return f"https://wechat.test/authorize?{urlencode({'back': redirect, 'state': state, 'scope': scope})}"

    async def js_sdk(self, url: str) -> JsSdkConfig:
        """A signature that shows what was signed."""
        self._asked("js_sdk")
        return JsSdkConfig("wx1", 1_790_000_000, "nonce", f"signed {url}")

    async def phone(self, code: str, openid: str) -> str:
        self._asked("phone")
        return PHONE if code == f"phone-of-{openid}" else "13900000000"

    async def send(self, phone: str, text: str, dedupe_key: str) -> str:
        self._asked("send")
        self.sent.append((phone, text, dedupe_key))
        return f"S{len(self.sent)}"

    def last_code(self) -> str:
        """The six digits of the latest message."""
        found = re.search(r"\d{6}", self.sent[-1][1])
        assert found is not None
        return found[0]


@pytest.fixture
def bank(database: str) -> Iterator[Bank]:
    """Bound for one test."""
    bank = Bank()
    partner = cast(Any, bank)
    ports.bind(Ports(card_core=partner, bank_app=partner, wechat=partner, sms=partner))
    yield bank
    ports.bind(None)


async def visitor(openid: str = "openid1", channel: str = "wechat_mini") -> CustomerSubject:
    """One who came by WeChat, and has no card with us unless they bound it before."""
    subject = await load_session((await sign_in_by_wechat(channel, openid, 24)).session_id)
    assert subject is not None
    return subject


async def bound(openid: str = "openid1", channel: str = "wechat_mini") -> CustomerSubject:
    """One who came by WeChat and has bound the holder's card."""
    subject = await visitor(openid, channel)
    signed_in = await bind(subject, HOLDER.card_last4 or "", phone_code=f"phone-of-{openid}", otp=None, hours=24)
    found = await load_session(signed_in.session_id)
    assert found is not None
    return found
