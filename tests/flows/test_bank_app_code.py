"""The bank's app hands over a one-time code where its page cannot hand over a ticket."""

import httpx

from tests.platform import Platform


def sign_in(platform: Platform, **given: str) -> httpx.Response:
    body = {"channel": "bank_app", **given}
    return httpx.post(f"{platform.url}/api/v1/sessions", json=body, trust_env=False, timeout=20)


def test_a_code_signs_in_once(platform: Platform) -> None:
    code = platform.control("bank-app/codes", {"customer_no": "C0000000005"})["code"]
    first = sign_in(platform, code=code)
    assert (first.status_code, first.json()["customer"]["name"]) == (201, "陈**")
    again = sign_in(platform, code=code)
    assert (again.status_code, again.json()["code"]) == (401, "ticket.bad_code")


def test_what_is_no_code_signs_nobody_in(platform: Platform) -> None:
    assert sign_in(platform, code="made-up").json()["code"] == "ticket.bad_code"
    neither = sign_in(platform)
    assert (neither.status_code, neither.json()["errors"][0]["path"]) == (400, "ticket")


def test_a_silent_app_is_no_answer_and_the_code_stays_good(platform: Platform) -> None:
    code = platform.control("bank-app/codes", {"customer_no": "C0000000005"})["code"]
    platform.control("faults", {"service": "bank_app", "fault": "http_500", "times": 1})
    silent = sign_in(platform, code=code)
    assert (silent.status_code, silent.json()["code"]) == (503, "bank_app.no_answer")
    assert sign_in(platform, code=code).status_code == 201


def test_an_answer_that_is_no_ticket_opens_nothing(platform: Platform) -> None:
    platform.control("faults", {"service": "bank_app", "fault": "html", "times": 1})
    code = platform.control("bank-app/codes", {"customer_no": "C0000000005"})["code"]
    assert sign_in(platform, code=code).status_code == 503
