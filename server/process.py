"""What every process of the program does at its start and its end, whatever it then serves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import asyncpg

from channels import outbound
from channels.bank_app.client import BankAppClient
from channels.card_core.client import CardCoreClient
from channels.push.client import PushClient
from channels.sms.client import SmsClient
from channels.suppliers.client import SupplierClient
from channels.wechat.api import App
from channels.wechat.client import WeChatClient
from domain import (
    audiences,
    audit,
    benefits,
    coupons,
    customers,
    experience,
    exports,
    imports,
    journeys,
    loan_products,
    messages,
    operators,
    personal_data,
    ports,
    reactions,
    risk,
    tasks,
)
from domain.approvals.live_set import NOTICE
from kit import clock, database, logging, redis
from kit.notices import Notices
from kit.rsa import private_key
from kit.vault import Vault
from server.settings import Settings

log = logging.get("process")
_POLL_SECONDS = 5.0


@dataclass(frozen=True)
class Running:
    """What the process holds while it runs; `notices` start when everyone has said what they listen for."""

    settings: Settings
    notices: Notices


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Running]:
    """Clock, database, Redis, partners, reactions and catalogues, given back in reverse."""
    logging.configure(json_lines=settings.log_json, level=settings.log_level)
    if settings.clock_file is not None:
        clock.attach(settings.clock_file)
    tasks.allow_lateness(settings.lateness_days)
    benefits.keep_codes_in(Vault(settings.vault_keys, "voucher-codes"))
    personal_data.keep_exports_in(Vault(settings.vault_keys, "data-exports"))
    customers.hide_erased_behind(Vault(settings.vault_keys, "pseudonyms"))
    operators.keep_secrets_in(Vault(settings.vault_keys, "second-factors"))
    audit.sign_anchors_with(Vault(settings.vault_keys, "audit-anchors"))
    exports.keep_files_in(Vault(settings.vault_keys, "exports"))
    imports.keep_rows_in(Vault(settings.vault_keys, "imports"))
    risk.hide_subjects_behind(Vault(settings.vault_keys, "risk-subjects"))
    async with AsyncExitStack() as held:
        # All of them now: opening one takes as long as fifty small queries, and the first rush would wait for it.
        await database.connect(settings.database_url, pool=settings.pool_size, ready=settings.pool_size)
        held.push_async_callback(database.close)
        client = redis.connect(settings.redis_url)
        held.push_async_callback(redis.close)

        partners = [
            outbound.connect(url, settings.partner_timeout_seconds)
            # Each supplier has an address of its own, in its document.
            for url in (
                settings.card_core_url,
                settings.bank_app_url,
                settings.wechat_url,
                settings.sms_url,
                settings.push_url,
                "",
            )
        ]
        for partner in partners:
            held.push_async_callback(partner.aclose)
        card_core, bank_app, wechat, sms, push, suppliers = partners
        mini = App(settings.wechat_app_id, settings.wechat_secret, wechat, client)
        account = App(settings.wechat_account_app_id, settings.wechat_account_secret, wechat, client)
        ports.bind(
            ports.Ports(
                card_core=CardCoreClient(card_core),
                bank_app=BankAppClient(settings.bank_app_public_key_file.read_bytes(), settings.audience, bank_app),
                wechat=WeChatClient(mini, account, settings.wechat_open_url),
                sms=SmsClient(sms),
                push=PushClient(push),
                suppliers=SupplierClient(suppliers, private_key(settings.supplier_signing_key_file.read_bytes())),
            )
        )
        held.callback(ports.bind, None)
        reactions.install()
        notices = Notices(settings.database_url)
        notices.on(NOTICE, _configuration_changed, refresh_catalogues)
        notices.on(audiences.NOTICE, _members_changed, audiences.catalogue.refresh)
        notices.on(customers.CAME_BACK, _came_back, _who_may_have_come_back)
        held.push_async_callback(notices.stop)
        await refresh_catalogues()
        polling = asyncio.create_task(_look_now_and_then())
        held.callback(polling.cancel)
        yield Running(settings, notices)


async def _configuration_changed(_kind: str) -> None:
    await refresh_catalogues()


async def _members_changed(_code: str) -> None:
    await audiences.catalogue.refresh()


async def _came_back(customer_no: str) -> None:
    customers.forget(customer_no)


async def _who_may_have_come_back() -> None:
    customers.forget_remembered()


async def _look_now_and_then() -> None:
    """Notices may be missed: the slow poll behind them."""
    while True:
        await asyncio.sleep(_POLL_SECONDS)
        try:
            await refresh_catalogues()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("catalogue.not_refreshed", error=str(error))


async def refresh_catalogues() -> None:
    """Make this process know what is live now."""
    await audiences.catalogue.refresh()
    await experience.catalogue.refresh()
    await loan_products.catalogue.refresh()
    await coupons.catalogue.refresh()
    await benefits.catalogue.refresh()
    await messages.catalogue.refresh()
    await risk.catalogue.refresh()
    await tasks.catalogue.refresh()
    await journeys.catalogue.refresh()
