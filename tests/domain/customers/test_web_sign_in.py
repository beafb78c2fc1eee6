"""The way to WeChat and back: a state works once, for ten minutes, in the browser that took it along."""

import asyncio
from urllib.parse import parse_qs, urlsplit

import pytest

from domain.customers import leave_for_wechat, load_session, purge_credentials, return_from_wechat, sign_in_by_wechat
from kit import database
from kit.errors import Conflict, DomainError, Forbidden, Unauthenticated
from tests.domain.customers.partners import Bank
from tests.domain.tasks.time_machine import TimeMachine

BACK = "https://cards.test/h5/sign-in"


async def leave(page: str = "/coupons", browser: str | None = None) -> tuple[str, str]:
    """The state in the address, and the browser's secret."""
    departure = await leave_for_wechat(page, "base", browser, BACK)
    query = parse_qs(urlsplit(departure.address).query)
    assert (query["back"], query["scope"]) == ([BACK], ["snsapi_base"])
    return query["state"][0], departure.browser


async def refusal(state: str, browser: str | None) -> tuple[type[DomainError], str]:
    with pytest.raises(DomainError) as refused:
        await return_from_wechat(state, browser)
    return type(refused.value), refused.value.code


async def test_a_state_leads_back_to_its_page_once(bank: Bank) -> None:
    state, browser = await leave()
    assert await return_from_wechat(state, browser) == "/coupons"
    assert await refusal(state, browser) == (Conflict, "wechat.state_used")
    stored = str([tuple(row) for row in await database.fetch("SELECT * FROM web_sign_in")])
    assert state not in stored
    assert browser not in stored


async def test_another_browser_uses_nothing_up(bank: Bank) -> None:
    state, browser = await leave()
    _, other = await leave()
    for foreign in (None, "", other):
        assert await refusal(state, foreign) == (Forbidden, "wechat.state_foreign")
    assert await return_from_wechat(state, browser) == "/coupons"


async def test_one_browser_may_be_on_its_way_from_several_tabs(bank: Bank) -> None:
    first, browser = await leave("/level")
    second, same = await leave("/mall", browser)
    assert same == browser
    assert [await return_from_wechat(one, browser) for one in (second, first)] == ["/mall", "/level"]


async def test_a_state_that_is_not_ours_or_too_old_is_refused(bank: Bank, time_machine: TimeMachine) -> None:
    state, browser = await leave()
    assert await refusal("made-up", browser) == (Unauthenticated, "wechat.state_unknown")
    time_machine(minutes=10)
    assert await refusal(state, browser) == (Unauthenticated, "wechat.state_expired")
    assert await purge_credentials() == 0
    time_machine(hours=1, seconds=1)
    assert await purge_credentials() == 1


async def test_a_state_that_comes_back_many_times_at_once_works_once(bank: Bank) -> None:
    state, browser = await leave()
    outcomes = await asyncio.gather(*(return_from_wechat(state, browser) for _ in range(6)), return_exceptions=True)
    assert sum(outcome == "/coupons" for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 5


async def test_a_code_of_the_browser_is_an_identity_of_its_own_channel(bank: Bank) -> None:
    subject = await load_session((await sign_in_by_wechat("wechat_h5", "openid1", 24)).session_id)
    assert subject is not None
    assert subject.channel == "wechat_h5"
    bank.refusing["web_user"] = "wechat.virtual_account"
    with pytest.raises(Forbidden) as refused:
        await sign_in_by_wechat("wechat_h5", "openid1", 24)
    assert refused.value.code == "wechat.virtual_account"
