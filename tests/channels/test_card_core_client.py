"""The client of the card core against its twin on a real socket: answers, refusals, and every way of silence."""

import httpx
import pytest

from channels.card_core.client import CardCoreClient
from channels.outbound import connect
from channels.sandbox import create_sandbox
from domain.ports import LoanTerms, NoAnswer, Reduction, Refused
from tests.channels.boxed_bank import Sandbox
from tests.serving import serve

KNOWN, STRANGER = "C0000000017", "C9999999999"


def with_coupon(coupon_no: str) -> LoanTerms:
    reduction = Reduction(coupon_no, "interest_free_days", {"days": 30})
    return LoanTerms(1_200_000, 12, "equal_instalment", [reduction])


TERMS = with_coupon("K1")


def core_that_answers(status: int, content: str | bytes) -> CardCoreClient:
    transport = httpx.MockTransport(lambda _: httpx.Response(status, content=content))
    return CardCoreClient(httpx.AsyncClient(base_url="http://core", transport=transport))


async def test_a_demo_customer_is_known_by_number_and_by_card(core: CardCoreClient) -> None:
    by_number = await core.customer(KNOWN)
    assert by_number is not None
    assert (by_number.stage, by_number.card_product, by_number.card_last4) == ("credit", "young", "5770")
    assert await core.customer_of_card("13800000017", "5770") == by_number


@pytest.mark.parametrize("customer_no", [STRANGER, "../C0000000017 ?中", "C0000000017/"])
async def test_a_stranger_is_nobody(core: CardCoreClient, customer_no: str) -> None:
    assert await core.customer(customer_no) is None


async def test_phone_and_card_must_both_fit(core: CardCoreClient) -> None:
    assert await core.customer_of_card("13800000017", "5771") is None
    assert await core.customer_of_card("13800000016", "5770") is None


async def test_the_demo_core_lends_at_18_percent(core: CardCoreClient) -> None:
    assert await core.yearly_rate() == "18.00"


async def test_a_trial_shows_the_reduction(core: CardCoreClient) -> None:
    plan = await core.loan_trial(KNOWN, TERMS)
    assert [line.no for line in plan] == list(range(1, 13))
    assert (plan[0].interest_fen, plan[0].reduction_fen, plan[0].total_fen) == (18_000, 18_000, 92_016)


async def test_a_loan_is_one_loan_however_often_it_is_asked_for(core: CardCoreClient, number: str) -> None:
    assert await core.query_loan(number) is None
    first = await core.apply_loan(number, KNOWN, TERMS)
    assert first.state == "disbursed"
    assert await core.apply_loan(number, KNOWN, TERMS) == first == await core.query_loan(number)
    assert await core.loan_plan(number) == await core.loan_trial(KNOWN, TERMS)
    with pytest.raises(Refused, match=r"loan\.conflict"):
        await core.apply_loan(number, STRANGER, TERMS)


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (LoanTerms(100, 12, "equal_instalment"), "loan.amount"),
        (LoanTerms(100_000, 0, "equal_instalment"), "loan.periods"),
        (LoanTerms(100_000, 12, "balloon"), "loan.method"),
        (LoanTerms(100_000, 12, "equal_principal", [Reduction("K", "points", {})]), "reduction.unsupported"),
        (LoanTerms(100_000, 12, "equal_principal", [Reduction("K", "repayment", {})]), "reduction.invalid"),
    ],
)
async def test_impossible_terms_are_refused(core: CardCoreClient, number: str, terms: LoanTerms, code: str) -> None:
    with pytest.raises(Refused) as refused:
        await core.apply_loan(number, KNOWN, terms)
    assert refused.value.code == code
    assert await core.query_loan(number) is None


async def test_a_decision_counts_for_the_next_applications_only(
    core: CardCoreClient, sandbox: Sandbox, number: str
) -> None:
    await sandbox.decide("decline", times=2)
    decided = [await core.apply_loan(f"{number}{n}", KNOWN, TERMS) for n in (1, 2, 3)]
    assert [one.state for one in decided] == ["declined", "declined", "disbursed"]
    assert decided[0].reason
    with pytest.raises(Refused, match=r"loan\.not_disbursed"):
        await core.loan_plan(f"{number}1")


async def test_a_silent_core_has_booked_the_loan(core: CardCoreClient, sandbox: Sandbox, number: str) -> None:
    await sandbox.decide("silent")
    with pytest.raises(NoAnswer):
        await core.apply_loan(number, KNOWN, TERMS)
    known = await core.query_loan(number)
    assert known is not None
    assert known.state == "disbursed"
    assert await core.apply_loan(number, KNOWN, TERMS) == known
    applied = (await sandbox.calls("card-core"))[0]
    assert (applied["status"], applied["fault"], applied["request_no"]) == (None, "silent", number)


FAULTS = ("timeout", "connection_reset", "http_500", "http_503", "http_429", "http_404", "html", "garbage")


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_before_the_work_is_no_answer_and_no_loan(
    core: CardCoreClient, sandbox: Sandbox, number: str, fault: str
) -> None:
    await sandbox.fault("card-core", fault)
    with pytest.raises(NoAnswer):
        await core.apply_loan(number, KNOWN, TERMS)
    assert await core.query_loan(number) is None


@pytest.mark.parametrize("fault", [f"{fault}_after_work" for fault in FAULTS])
async def test_a_fault_after_the_work_is_no_answer_but_a_loan(
    core: CardCoreClient, sandbox: Sandbox, number: str, fault: str
) -> None:
    await sandbox.fault("card_core", fault, path="/loans")
    with pytest.raises(NoAnswer):
        await core.apply_loan(number, KNOWN, TERMS)
    known = await core.query_loan(number)
    assert known is not None
    assert known.state == "disbursed"


async def test_a_core_that_is_not_there_is_no_answer() -> None:
    async with connect("http://127.0.0.1:9/card-core", timeout_seconds=0.4) as http:
        with pytest.raises(NoAnswer):
            await CardCoreClient(http).yearly_rate()


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (404, "<html>no such page</html>"),
        (404, '{"code": "http.not_found", "detail": "no such route"}'),
        (404, '{"message": "gateway"}'),
        (200, '{"request_no": "L1", "state": "maybe"}'),
        (200, '{"request_no": "L2", "state": "disbursed"}'),
        (200, "null"),
        (302, '{"code": "loan.unknown", "detail": "moved"}'),
        (200, b'"\xff"'),
        (200, "[" * 100_000),
    ],
)
async def test_only_the_cores_own_words_say_that_a_loan_is_unknown(status: int, content: str | bytes) -> None:
    with pytest.raises(NoAnswer):
        await core_that_answers(status, content).query_loan("L1")


async def test_a_loan_may_still_be_processing() -> None:
    decided = await core_that_answers(200, '{"request_no": "L1", "state": "processing"}').query_loan("L1")
    assert decided is not None
    assert decided.state == "processing"


async def test_a_used_coupon_is_booked_once(core: CardCoreClient, number: str) -> None:
    coupon = f"K{number}"
    await core.apply_loan(number, KNOWN, with_coupon(coupon))
    await core.post_entry(f"E{number}", number, coupon, 18_000)
    await core.post_entry(f"E{number}", number, coupon, 18_000)
    for entry in ((f"E{number}", number, coupon, 17_999), (f"F{number}", number, coupon, 18_000)):
        with pytest.raises(Refused, match=r"entry\.conflict"):
            await core.post_entry(*entry)


async def test_an_entry_that_does_not_fit_its_loan_is_refused(core: CardCoreClient, number: str) -> None:
    coupon = f"K{number}"
    await core.apply_loan(number, KNOWN, with_coupon(coupon))
    wrong = {
        "entry.amount": (f"E{number}", number, coupon, 1),
        "loan.unknown": (f"E{number}", f"{number}?", coupon, 18_000),
    }
    for code, entry in wrong.items():
        with pytest.raises(Refused) as refused:
            await core.post_entry(*entry)
        assert refused.value.code == code


async def test_booked_loans_outlive_a_restart_of_the_twin(core: CardCoreClient, sandbox: Sandbox, number: str) -> None:
    booked = await core.apply_loan(number, KNOWN, TERMS)
    async with (
        serve(create_sandbox(sandbox.config, name="restarted_sandbox"), verify=False) as again,
        connect(f"{again.base_url}/card-core", 1) as http,
    ):
        assert await CardCoreClient(http).query_loan(number) == booked
