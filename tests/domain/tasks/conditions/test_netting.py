"""What purchases are worth after what was taken back, and what was taken back of that."""

from itertools import permutations

import msgspec
import pytest

from domain.events import Event
from domain.tasks.conditions import net
from tests.domain.tasks.making import at, cumulative, event, purchase, reached, refund


def worth(*events: Event) -> dict[str, int]:
    """Counted events with their worth, the same in every order."""
    found = [{one.event_id: amount for one, amount in net(order).counted} for order in permutations(events)]
    assert all(one == found[0] for one in found)
    return found[0]


def unlinked(*events: Event) -> dict[str, int]:
    return {one.event_id: amount for one, amount in net(events).unlinked}


def paid(**more: object) -> Event:
    return purchase(card_token="ct_1", merchant_id="M1", auth_code="018823", **more)


BOUGHT = purchase(event_id="P", amount_fen=10_000)


@pytest.mark.parametrize("kind", ["refund", "reversal", "chargeback"])
def test_what_is_taken_back_comes_off_its_purchase(kind: str) -> None:
    assert worth(BOUGHT, refund(BOUGHT, 3_000, kind)) == {"P": 7_000}


def test_partial_refunds_never_exceed_the_purchase() -> None:
    assert worth(BOUGHT, refund(BOUGHT, 6_000), refund(BOUGHT, 3_000)) == {"P": 1_000}
    assert worth(BOUGHT, refund(BOUGHT, 6_000), refund(BOUGHT, 6_000)) == {}
    other = purchase(event_id="Q", amount_fen=500)
    assert worth(BOUGHT, other, refund(BOUGHT, 6_000), refund(BOUGHT, 6_000)) == {"Q": 500}


def test_a_fully_refunded_purchase_counts_for_nothing() -> None:
    gone = [BOUGHT, refund(BOUGHT)]
    for item in ("amount", "count", "days", "merchants"):
        assert reached(cumulative(f"purchase.{item}", 1), gone) == 0


def test_a_partly_refunded_purchase_still_counts_as_one() -> None:
    assert reached(cumulative("purchase.count", 1), [BOUGHT, refund(BOUGHT, 9_999)]) == 1


def test_a_reversal_undoes_a_refund_by_as_much_as_it_says() -> None:
    back = refund(BOUGHT, 6_000)
    assert worth(BOUGHT, back, refund(back, 6_000, "reversal")) == {"P": 10_000}
    assert worth(BOUGHT, back, refund(back, 2_000, "reversal")) == {"P": 6_000}
    assert worth(BOUGHT, back, refund(back, 9_000, "reversal")) == {"P": 10_000}


def test_a_reversal_of_a_reversal_of_a_refund_refunds_again() -> None:
    back = refund(BOUGHT, 6_000)
    undone = refund(back, 6_000, "reversal")
    assert worth(BOUGHT, back, undone, refund(undone, 6_000, "reversal")) == {"P": 4_000}


def test_a_refund_links_by_card_merchant_and_authorisation_together() -> None:
    bought = paid(event_id="P")
    back = paid(event_id="R", amount_fen=4_000)
    back.type = "refund"
    assert worth(bought, back) == {"P": 6_000}
    for missing in ("card_token", "merchant_id", "auth_code"):
        loose = msgspec.structs.replace(back, **{missing: None})
        assert worth(bought, loose) == {"P": 10_000}
        assert unlinked(bought, loose) == {"R": 4_000}
    other = msgspec.structs.replace(back, auth_code="999999")
    assert unlinked(bought, other) == {"R": 4_000}


def test_an_authorisation_used_again_links_to_the_latest_purchase_before_the_refund() -> None:
    first, second = (paid(event_id=name, occurred_at=at(f"2026-11-0{day} 12:00")) for day, name in enumerate("AB", 1))
    back = paid(event_id="R", amount_fen=4_000, occurred_at=at("2026-11-01 18:00"))
    back.type = "refund"
    assert worth(first, second, back) == {"A": 6_000, "B": 10_000}
    assert worth(first, second, msgspec.structs.replace(back, occurred_at=at("2026-11-05 00:00")))["B"] == 6_000
    # A clock that is behind: told as if before both.
    assert worth(first, second, msgspec.structs.replace(back, occurred_at=at("2026-10-31 00:00")))["A"] == 6_000


def test_an_original_that_is_named_but_unknown_links_to_nothing_else() -> None:
    bought = paid(event_id="P")
    back = paid(event_id="R", amount_fen=4_000, original_event_id="elsewhere")
    back.type = "refund"
    assert worth(bought, back) == {"P": 10_000}
    assert unlinked(bought, back) == {"R": 4_000}


def test_an_original_is_one_of_the_same_source() -> None:
    foreign = msgspec.structs.replace(refund(BOUGHT, 4_000), source="unionpay")
    assert worth(BOUGHT, foreign) == {"P": 10_000}
    assert list(unlinked(BOUGHT, foreign).values()) == [4_000]


def test_a_refund_may_name_only_what_moved_money() -> None:
    signed_in = event("sign_in", event_id="S")
    back = refund(signed_in, 4_000, event_id="R")
    assert worth(signed_in, back) == {"S": 0}
    assert unlinked(signed_in, back) == {"R": 4_000}


def test_an_unlinked_refund_whose_reversal_came_takes_nothing() -> None:
    back = event("refund", amount_fen=4_000, event_id="R")
    assert unlinked(back, refund(back, 3_000, "reversal")) == {"R": 1_000}
    assert reached(cumulative("purchase.amount", 1), [BOUGHT, back, refund(back, 4_000, "reversal")]) == 10_000


@pytest.mark.parametrize("length", [1, 2, 3])
def test_events_that_name_each_other_in_a_circle_take_nothing_off_others(length: int) -> None:
    names = "XYZ"[:length]
    circle = [
        event("reversal", amount_fen=4_000, event_id=name, original_event_id=names[(place + 1) % length])
        for place, name in enumerate(names)
    ]
    assert worth(BOUGHT, *circle) == {"P": 10_000}
    assert unlinked(BOUGHT, *circle) == {}


def test_an_unlinked_refund_comes_off_the_amounts_it_fits_and_off_no_count() -> None:
    back = event("refund", amount_fen=4_000, mcc="5541")
    fuel, food = {"mcc": {"in": ["5541"]}}, {"mcc": {"in": ["5812"]}}
    meal = purchase(mcc="5812", amount_fen=7_000)
    events = [BOUGHT, meal, back]
    assert reached(cumulative("purchase.amount", 1), events) == 13_000
    assert reached(cumulative("purchase.amount", 1, **fuel), events) == 6_000
    assert reached(cumulative("purchase.amount", 1, **food), events) == 7_000
    assert reached(cumulative("purchase.count", 1), events) == 2
    assert reached(cumulative("repayment.amount", 1), [*events, event("repayment", amount_fen=100)]) == 100


def test_an_unlinked_refund_is_in_the_window_it_occurred_in() -> None:
    monday, sunday = at("2026-11-16 12:00"), at("2026-11-22 12:00")
    bought = [purchase(occurred_at=monday), purchase(occurred_at=sunday)]
    back = event("refund", amount_fen=4_000, occurred_at=sunday)
    assert reached(cumulative("purchase.amount", 1, {"calendar": "day"}), [*bought, back]) == 10_000
    assert reached(cumulative("purchase.amount", 1, {"calendar": "week"}), [*bought, back]) == 16_000


@pytest.mark.parametrize(
    ("test", "left"),
    [
        ({"at_least": 4_000}, 6_000),
        ({"at_least": 4_001}, 10_000),
        ({"between": [1, 20_000]}, 6_000),
        ({"at_most": 3_999}, 0),
    ],
)
def test_an_unlinked_refund_meets_an_amount_by_its_own(test: dict[str, object], left: int) -> None:
    back = event("refund", amount_fen=4_000)
    assert reached(cumulative("purchase.amount", 1, amount=test), [BOUGHT, back]) == left


def test_scope_and_window_are_judged_on_the_purchase_and_on_its_net_amount() -> None:
    late = refund(BOUGHT, 4_000, mcc="9999", occurred_at=at("2030-01-01 00:00"))
    fuel = {"mcc": {"in": ["5541"]}}
    assert reached(cumulative("purchase.amount", 1, **fuel), [BOUGHT, late]) == 6_000
    assert reached(cumulative("purchase.count", 1, amount={"at_least": 10_000}), [BOUGHT, late]) == 0
    assert reached(cumulative("purchase.count", 1, amount={"at_most": 6_000}), [BOUGHT, late]) == 1
