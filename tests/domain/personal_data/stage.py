"""A customer about whom there is something of everything."""

from domain import consents, customers, personal_data, tags, tasks
from domain.consents import Decision, Purpose
from domain.customers import CustomerSubject
from kit import database
from tests.domain.benefits.stage import benefit
from tests.domain.coupons.stage import publish_template
from tests.domain.customers.partners import HOLDER, Bank, bound
from tests.domain.messages.stage import SMS, template
from tests.domain.tags.stage import live_tag
from tests.domain.tasks.following import NEVER, ONCE, complete, offer, pool, step
from tests.domain.tasks.making import claim, task

CUSTOMER = HOLDER.customer_no
CODE = "lounge-0000"


async def somebody(bank: Bank) -> CustomerSubject:
    """Bound by WeChat: a task is done, with a message, experience, a coupon and a benefit for it; another one runs, a
    third is offered; they have a tag.
    """
    await template("done", channels=[SMS])
    await publish_template("free7")
    await benefit("lounge", codes=5)
    await live_tag("vip")
    rewards = [{"experience": 100}, {"coupon": "free7"}, {"benefit": "lounge"}]
    await step("running", NEVER)
    await step("next")
    more = {"messages": {"completed": "done"}, "follow_ups": pool(offer("next"))}
    await task("first", ONCE, rewards=rewards, **more)
    subject = await bound()
    await complete(
        CUSTOMER, merchant_id="merchant-17", card_last4="5770", auth_code="018823", attributes={"note": "加油"}
    )
    await claim(CUSTOMER, "running")
    sightings = tasks.Sightings()
    sightings.note(subject.customer_id, await tasks.tasks_of(subject.customer_id, "wechat_mini"))
    await sightings.flush()
    async with database.transaction() as connection:
        await customers.lock(connection, [subject.customer_id])
        await tags.take_values(connection, "vip", [tags.ValueTold(CUSTOMER, "true")], None)
        await consents.record(connection, [Decision(subject.customer_id, Purpose.PRIVACY, True, "h5")])
    return subject


async def work() -> None:
    """What the worker does about personal data."""
    for job in (personal_data.make_exports, personal_data.drop_exports, personal_data.erase_due):
        while await job():
            pass
