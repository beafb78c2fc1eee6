"""What a budget, its coupons and its rewards are supposed to do, said without a database: lists that are summed up."""

from dataclasses import dataclass, field

VALID_DAYS, SETTLE_DAYS = 3, 2


@dataclass(eq=False)
class Money:
    """A reservation and what became of it; `pot` and `day` are those it was made on."""

    pot: str
    day: int
    amount: int
    state: str = "reserved"


@dataclass(eq=False)
class PlainCoupon:
    """`money` is None where nothing counts it; `over` once its validity was ended before its time."""

    coupon_id: int
    day: int
    money: Money
    state: str = "unused"
    over: bool = False
    clawed_back: bool = False
    loan_id: int | None = None


@dataclass(eq=False)
class Completion:
    """A task that was done, and its one reward."""

    customer: str
    day: int
    money: Money | None
    settle_days: int
    state: str = "pending"
    coupon: PlainCoupon | None = None


@dataclass
class Terms:
    """The ceilings in force."""

    total: int
    daily: int | None = None
    shares: dict[str, int] = field(default_factory=dict)
    share_daily: dict[str, int] = field(default_factory=dict)

    def ceiling(self, pot: str) -> int:
        kept = {"": self.total, "HQ": self.total - sum(self.shares.values())}
        return kept.get(pot, self.shares.get(pot, 0))

    def of_a_day(self, pot: str) -> int | None:
        return self.daily if pot == "" else self.share_daily.get(pot)


class Plain:
    """The whole story; days are counted from 0."""

    def __init__(self, terms: Terms) -> None:
        self.terms, self.today, self.closed = terms, 0, False
        self.money: list[Money] = []
        self.coupons: list[PlainCoupon] = []
        self.completions: list[Completion] = []

    def used(self, pot: str, day: int | None = None, state: str | None = None) -> int:
        return sum(
            one.amount
            for one in self.money
            if one.state != "released"
            and state in (None, one.state)
            and pot in ("", one.pot)
            and day in (None, one.day)
        )

    def why_not(self, branch: str | None, amount: int) -> str | None:
        if self.closed:
            return "budget.closed"
        pot = self.pot_of(branch)
        if self.used("") + amount > self.terms.total:
            return "budget.exhausted"
        if self.used(pot) + amount > self.terms.ceiling(pot):
            return "budget.exhausted" if pot == "HQ" else "budget.branch_exhausted"
        for one in ("", pot):
            daily = self.terms.of_a_day(one)
            if daily is not None and self.used(one, self.today) + amount > daily:
                return "budget.day_exhausted"
        return None

    def pot_of(self, branch: str | None) -> str:
        return branch if branch in self.terms.shares else "HQ"

    def reserve(self, branch: str | None, amount: int) -> Money:
        made = Money(self.pot_of(branch), self.today, amount)
        self.money.append(made)
        return made

    def may_change_to(self, terms: Terms) -> bool:
        pots = {"", "HQ", *terms.shares, *(one.pot for one in self.money)}
        lifelong = all(self.used(pot) <= terms.ceiling(pot) for pot in pots)
        return lifelong and all(
            daily is None or self.used(pot, self.today) <= daily for pot in pots for daily in [terms.of_a_day(pot)]
        )

    def have(self, coupon_id: int, money: Money) -> PlainCoupon:
        money.state = "committed"
        self.coupons.append(PlainCoupon(coupon_id, self.today, money))
        return self.coupons[-1]

    def end(self, coupon: PlainCoupon, state: str) -> None:
        coupon.state, coupon.money.state = state, "released"

    def take_back(self, coupon: PlainCoupon) -> None:
        if coupon.state == "unused":
            self.end(coupon, "voided")
        elif coupon.state == "occupied":
            coupon.over = True

    def conclude(self, coupon: PlainCoupon, *, disbursed: bool) -> None:
        coupon.state = "used" if disbursed else "unused"
        if coupon.clawed_back and not disbursed:
            self.end(coupon, "voided")

    def is_valid(self, coupon: PlainCoupon) -> bool:
        return not coupon.over and self.today - coupon.day < VALID_DAYS

    def expire(self) -> None:
        for one in self.coupons:
            if one.state == "unused" and not self.is_valid(one):
                self.end(one, "expired")

    def due(self) -> list[Completion]:
        return [one for one in self.completions if one.state == "pending" and self.today - one.day >= one.settle_days]

    def lose(self, completion: Completion) -> None:
        if completion.state == "pending":
            completion.state = "cancelled"
            assert completion.money is not None
            completion.money.state = "released"
        elif completion.state == "granted":
            completion.state = "clawed_back"
            assert completion.coupon is not None
            completion.coupon.clawed_back = True
            self.take_back(completion.coupon)
