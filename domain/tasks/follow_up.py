"""What comes after a completion: the next step of a chain is claimed, the rules of a pool claim or offer."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from domain import approvals, audiences, consents, customers, events, experience, tags
from domain.consents import Purpose
from domain.customers import Profile
from domain.facts import TaskCompleted
from domain.tasks import offers, rules
from domain.tasks.book import OpenClaim
from domain.tasks.catalogue import TaskVersion, catalogue, decode_states
from domain.tasks.definition import FollowUpRule, FollowUps
from domain.tasks.follow_rules import targets
from domain.tasks.follow_when import Completion, bucket_of, nodes_met, when_of
from domain.tasks.held import held
from domain.tasks.make import make, new_claim
from domain.tasks.offers import OfferState, Push
from domain.tasks.states import DONE
from domain.tasks.tell import Addressee, write
from kit import clock
from kit.database import Connection, Record


class Followed(msgspec.Struct, frozen=True):
    """One completion that still stands, of a task with follow-ups."""

    claim_id: int
    round: int
    customer_id: int
    version: TaskVersion
    follow_ups: FollowUps
    completion: Completion


async def follow_up(connection: Connection, facts: Sequence[TaskCompleted]) -> None:
    """Push what each completion calls for: nothing for one that was lost meanwhile, nothing twice for one claim.

    Locks the customers, shares the live set, then locks places of tasks. Idempotent: (claim, task) is pushed once, and
    told once.
    """
    await customers.lock(connection, {fact.customer_id for fact in facts})
    followed = await _standing(connection, facts)
    if not followed:
        return
    await catalogue.follow(await approvals.share_live_set(connection))
    await offers.stand_on(connection, [(one.claim_id, one.round) for one in followed])
    now = clock.now()
    desk = await _desk(connection, followed, now)
    for one in followed:
        desk.decide(one)
    refused = await make(connection, list(desk.claims.values()), now)
    full = {(claim.customer_id, claim.version.code) for claim in refused}
    pushes = [push for push in desk.pushes if (push.customer_id, push.task) not in full]
    await _tell(connection, pushes, await offers.push(connection, pushes), desk.claims)


async def _tell(
    connection: Connection, pushes: Sequence[Push], ids: Sequence[int], claims: Mapping[tuple[int, str], OpenClaim]
) -> None:
    """Write the message of each rule, once for a follow-up, however often it is pushed anew."""
    due: list[tuple[Addressee, str, str]] = []
    for push, push_id in zip(pushes, ids, strict=True):
        if push.message is not None:
            version, claim = catalogue.live[push.task], claims.get((push.customer_id, push.task))
            until = claim.expires_at if claim else version.definition.claim.until
            about = Addressee(claim.id if claim else None, push.customer_id, version, until)
            due.append((about, push.message, f"offer:{push_id}"))
    await write(connection, due)


async def _standing(connection: Connection, facts: Sequence[TaskCompleted]) -> list[Followed]:
    rows = await connection.fetch(
        """SELECT c.id, c.customer_id, c.version_id, c.round, c.turn, c.progress, c.claimed_at, c.completed_at
           FROM claim c JOIN unnest($1::bigint[], $2::smallint[]) AS t (id, round) ON c.id = t.id AND c.round = t.round
           WHERE c.state = ANY($3::text[]) ORDER BY c.completed_at, c.id""",
        [fact.claim_id for fact in facts],
        [fact.round for fact in facts],
        [str(state) for state in DONE],
    )
    await catalogue.know(row["version_id"] for row in rows)
    return [one for row in rows if (one := _followed(row)) is not None]


def _followed(row: Record) -> Followed | None:
    version = catalogue.version(row["version_id"])
    follow_ups = version.definition.follow_ups
    if follow_ups is None:
        return None
    met = nodes_met(version.definition.content, version.program, decode_states(row["progress"]))
    completion = Completion(row["claimed_at"], row["completed_at"], row["turn"], met)
    return Followed(row["id"], row["round"], row["customer_id"], version, follow_ups, completion)


async def _desk(connection: Connection, followed: Sequence[Followed], now: datetime) -> "_Desk":
    ids = sorted({one.customer_id for one in followed})
    wanted = {task for one in followed for task in targets(one.follow_ups)}
    whens = [when_of(rule.when) for one in followed for rule in one.follow_ups.rules]
    names = {name for when in whens for name in when.status}
    codes = {test.tag for when in whens for test in when.tags}
    return _Desk(
        await customers.profiles(connection, ids),
        await experience.ranks(connection, ids),
        await events.statuses(connection, ids, names) if names else {},
        await tags.values(connection, ids, codes) if codes else {},
        await consents.granted(connection, ids, Purpose.PERSONALISATION),
        await held(connection, ids, wanted, now),
        await offers.known(connection, ids, [one.claim_id for one in followed]),
        now,
    )


class _Desk:
    """Decides completions one after the other, each seeing what those before it pushed."""

    def __init__(
        self,
        profiles: dict[int, Profile],
        ranks: dict[int, int],
        statuses: dict[int, dict[str, Any]],
        values: dict[int, dict[str, tags.Value]],
        personal: set[int],
        held: set[tuple[int, str]],
        known: Sequence[Record],
        now: datetime,
    ) -> None:
        self._profiles, self._ranks, self._statuses, self._values = profiles, ranks, statuses, values
        self._personal, self._held, self._now = personal, held, now
        self._open = {
            (row["customer_id"], row["task"]): row["pool"] for row in known if row["state"] == OfferState.OPEN
        }
        self._pushed = {(row["from_claim_id"], row["task"]) for row in known if row["state"] != OfferState.WITHDRAWN}
        self.claims: dict[tuple[int, str], OpenClaim] = {}
        self.pushes: list[Push] = []

    def decide(self, one: Followed) -> None:
        for place, rule in enumerate(one.follow_ups.rules):
            version = catalogue.live.get(rule.task)
            if version is None or not self._called_for(one, rule) or not self._free(one, version):
                continue
            if one.follow_ups.claims(rule):
                self._claim(one, place, rule, version)
            elif self._offerable(one, version):
                self._offer(one, place, rule)

    def _called_for(self, one: Followed, rule: FollowUpRule) -> bool:
        when, who = when_of(rule.when), one.customer_id
        bucket = bucket_of(one.version.code, who)
        # A chain is the task's own next step; what a pool picks for somebody is for those who want it picked.
        if one.follow_ups.mode == "pool" and when.personal and who not in self._personal:
            return False
        return (
            when.fits(self._profiles[who], self._ranks.get(who, 0), bucket)
            and when.told(self._statuses.get(who, {}))
            and when.tagged(self._values.get(who, {}))
            and when.among(audiences.which(when.audiences, who))
            and when.completed_so(one.completion)
        )

    def _free(self, one: Followed, version: TaskVersion) -> bool:
        """Not had already, and there for this customer."""
        who, code = one.customer_id, version.code
        return (
            (who, code) not in self._held
            and (one.claim_id, code) not in self._pushed
            and version.open_to(who)
            and rules.visible(version.definition, self._profiles[who], self._ranks.get(who, 0), None)
        )

    def _claim(self, one: Followed, place: int, rule: FollowUpRule, version: TaskVersion) -> None:
        if not rules.in_claim_window(version.definition, self._now):
            return
        key = (one.customer_id, rule.task)
        self._held.add(key)
        self._open.pop(key, None)
        self.claims[key] = new_claim(self._profiles[one.customer_id], version, 1, self._now)
        self._push(one, place, rule, OfferState.CLAIMED)

    def _offerable(self, one: Followed, version: TaskVersion) -> bool:
        who = one.customer_id
        mine = sum(1 for (customer, _), pool in self._open.items() if customer == who and pool == one.version.code)
        return (
            rules.not_over(version.definition, self._now)
            and (who, version.code) not in self._open
            and mine < one.follow_ups.most_open
        )

    def _offer(self, one: Followed, place: int, rule: FollowUpRule) -> None:
        self._open[one.customer_id, rule.task] = one.version.code
        self._push(one, place, rule, OfferState.OPEN)

    def _push(self, one: Followed, place: int, rule: FollowUpRule, state: OfferState) -> None:
        self._pushed.add((one.claim_id, rule.task))
        self.pushes.append(
            Push(one.customer_id, rule.task, one.version.code, one.claim_id, one.round, place, state, rule.message)
        )
