"""GET /consents, PUT /consents/{purpose}, and what the first page asks."""

from tests.api.room import SignIn, visitor
from tests.domain.coupons.stage import new_customers

PURPOSES = ["privacy", "marketing.sms", "marketing.wechat", "marketing.push", "personalisation"]


async def test_giving_and_withdrawing_are_one_request_each_and_nobody_elses(room: SignIn) -> None:
    one, two = [await room(customer) for customer in await new_customers(2)]
    items = (await one.get("/consents")).json()["items"]
    assert [item["purpose"] for item in items] == PURPOSES
    assert [item["granted"] for item in items] == [False, False, False, False, True]
    assert all(item["title"] and len(item["text"]) > 20 and item["since"] is None for item in items)
    given = await one.put("/consents/marketing.sms", json={"granted": True})
    assert (given.status_code, given.json()["granted"], bool(given.json()["since"])) == (200, True, True)
    assert (await one.put("/consents/marketing.sms", json={"granted": True})).json() == given.json()
    assert [item["granted"] for item in (await two.get("/consents")).json()["items"]] == [False] * 4 + [True]
    withdrawn = (await one.put("/consents/marketing.sms", json={"granted": False})).json()
    assert (withdrawn["granted"], withdrawn["since"] > given.json()["since"]) == (False, True)


async def test_what_is_no_consent_is_refused(room: SignIn) -> None:
    client = await room((await new_customers())[0])
    unknown = await client.put("/consents/everything", json={"granted": True})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "consent.not_found")
    for body in ({}, {"granted": "ja"}, {"granted": True, "more": 1}):
        assert (await client.put("/consents/privacy", json=body)).status_code == 400
    assert (await (await room(None)).get("/consents")).status_code == 401


async def test_me_says_whether_the_privacy_text_was_agreed_to(room: SignIn) -> None:
    client = await room(await visitor())
    assert (await client.get("/me")).json()["privacy_agreed"] is False
    await client.put("/consents/privacy", json={"granted": True})
    assert (await client.get("/me")).json()["privacy_agreed"] is True
    await client.put("/consents/privacy", json={"granted": False})
    assert (await client.get("/me")).json()["privacy_agreed"] is False
