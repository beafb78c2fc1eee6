"""Many claim at once, in processes of their own: `python -m tests.domain.coupons.rushing URL TEMPLATE KEY ID…`."""

import asyncio
import json
import sys
from collections.abc import Sequence

from domain import coupons
from domain.coupons import ClaimedCoupon, OfferClaim
from kit import database
from kit.errors import DomainError
from kit.group_commit import GroupCommit


async def rush(claims: Sequence[OfferClaim], largest: int = 40) -> list[ClaimedCoupon | BaseException]:
    """Everyone at once, through one queue."""
    queue = GroupCommit(coupons.claim_offer, key=lambda claim: claim.template, largest=largest)
    return await asyncio.gather(*(queue.submit(claim) for claim in claims), return_exceptions=True)


def outcome_of(answer: ClaimedCoupon | BaseException) -> str:
    """The id of the coupon, or the code of the refusal."""
    if isinstance(answer, ClaimedCoupon):
        return str(answer.coupon.id)
    assert isinstance(answer, DomainError), answer
    return answer.code


async def in_processes(
    url: str, template: str, key: str, customer_ids: Sequence[int], processes: int
) -> list[list[str]]:
    """Each process claims for every customer; the outcomes of each, customer by customer."""
    argv = [sys.executable, "-m", "tests.domain.coupons.rushing", url, template, key, *map(str, customer_ids)]
    pipe = asyncio.subprocess.PIPE
    running = [await asyncio.create_subprocess_exec(*argv, stdin=pipe, stdout=pipe) for _ in range(processes)]
    for one in running:
        assert one.stdout is not None
        assert await one.stdout.readline() == b"ready\n"
    ends = await asyncio.gather(*(one.communicate(b"go\n") for one in running))
    return [json.loads(out) for out, _ in ends]


async def _claim(url: str, template: str, key: str, customer_ids: list[int]) -> list[str]:
    await database.connect(url, pool=4)
    await coupons.catalogue.refresh()
    print("ready", flush=True)
    sys.stdin.readline()
    answers = await rush([OfferClaim(customer_id, template, key) for customer_id in customer_ids])
    await database.close()
    return [outcome_of(answer) for answer in answers]


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_claim(*sys.argv[1:4], [int(word) for word in sys.argv[4:]]))))
