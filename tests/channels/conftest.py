"""The sandbox on its own socket, partners' clients that talk to it, and the four ways in for events."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis.asyncio as aioredis
from confluent_kafka import Producer
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from sanic import Sanic

from channels.card_core import inbound
from channels.card_core.client import CardCoreClient
from channels.card_core.daily_file import Inbox
from channels.card_core.signature import sign
from channels.card_core.stream_kafka import KafkaStream
from channels.card_core.stream_redis import RedisStream
from channels.outbound import connect
from channels.sandbox import SandboxConfig, create_sandbox
from channels.wechat.api import App
from channels.wechat.client import WeChatClient
from kit import clock
from kit.http import install_problems
from tests.channels.boxed_bank import Sandbox
from tests.channels.told_events import DAY, Deliver, Told, add, encoded, lay
from tests.conftest import Servers
from tests.serving import serve

WECHAT_SECRET = "s3cret-of-wechat"
ACCOUNT_SECRET = "s3cret-of-the-account"


def client_of(http: httpx.AsyncClient, redis: aioredis.Redis) -> WeChatClient:
    """As in a process of its own."""
    mini = App("wx-test", WECHAT_SECRET, http, redis)
    return WeChatClient(mini, App("wx-account", ACCOUNT_SECRET, http, redis), str(http.base_url))


@pytest.fixture(scope="session")
def key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
async def running_sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    folder = tmp_path_factory.mktemp("sandbox")
    config = SandboxConfig(
        platform_url="http://127.0.0.1:9",
        keys_dir=folder / "keys",
        data_dir=folder / "data",
        wechat_app_id="wx-test",
        wechat_secret=WECHAT_SECRET,
        wechat_account_app_id="wx-account",
        wechat_account_secret=ACCOUNT_SECRET,
        hold_seconds=2.5,
    )
    async with serve(create_sandbox(config, name="sandbox_under_test"), verify=False) as http:
        yield Sandbox(http, str(http.base_url), config)


@pytest.fixture
async def sandbox(running_sandbox: Sandbox) -> Sandbox:
    await running_sandbox.settle()
    return running_sandbox


@pytest.fixture
async def core(sandbox: Sandbox) -> AsyncIterator[CardCoreClient]:
    async with connect(f"{sandbox.url}/card-core", timeout_seconds=1.0) as http:
        yield CardCoreClient(http)


@pytest.fixture
async def redis(servers: Servers) -> AsyncIterator[aioredis.Redis]:
    """Nothing of WeChat is remembered in it."""
    client = aioredis.from_url(servers.redis_url)
    async for key in client.scan_iter("wechat:*"):
        await client.delete(key)
    yield client
    await client.aclose()


@pytest.fixture
async def wechat_http(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with connect(f"{sandbox.url}/wechat", timeout_seconds=1.0) as client:
        yield client


@pytest.fixture
def wechat(wechat_http: httpx.AsyncClient, redis: aioredis.Redis) -> WeChatClient:
    return client_of(wechat_http, redis)


@pytest.fixture
def number() -> str:
    """A request number nobody has used."""
    return uuid.uuid4().hex


@pytest.fixture
async def http(key: RSAPrivateKey) -> AsyncIterator[Deliver]:
    """Sends a signed batch; its answer."""
    app = Sanic("four_ways", configure_logging=False)
    app.ctx.partner_keys = {"card-core": key.public_key()}
    inbound.routes.register(app)
    install_problems(app)
    async with serve(app, verify=False) as client:

        async def deliver(events: list[Told]) -> Any:
            body = encoded({"events": events})
            headers = sign(key, "card-core", str(int(clock.now().timestamp())), uuid.uuid4().hex, body)
            answer: httpx.Response = await client.post("/channels/v1/card-core/events", content=body, headers=headers)
            assert answer.status_code == 200, answer.text
            return answer.json()

        yield deliver
    Sanic.unregister_app(app)


@pytest.fixture
async def redis_stream(servers: Servers) -> AsyncIterator[Deliver]:
    name = f"events-{uuid.uuid4().hex}"
    stream = RedisStream(servers.redis_url, name)
    async with aioredis.from_url(servers.redis_url) as client:

        async def deliver(events: list[Told]) -> None:
            await add(client, name, [encoded(event) for event in events])
            await stream.take_batch()
            while await stream.take_batch():
                pass

        yield deliver
    await stream.close()


@pytest.fixture
def kafka_owner() -> Iterator[Producer]:
    owner = Producer({"test.mock.num.brokers": 1, "log_level": 2})
    yield owner
    owner.flush(1)


@pytest.fixture
async def kafka(kafka_owner: Producer) -> AsyncIterator[Deliver]:
    [broker] = kafka_owner.list_topics(timeout=10).brokers.values()
    stream = KafkaStream(f"{broker.host}:{broker.port}", "events", "cardquest", {"log_level": "2"})

    async def deliver(events: list[Told]) -> None:
        for number, event in enumerate(events):
            kafka_owner.produce("events", value=encoded(event), key=str(number))
        assert await asyncio.to_thread(kafka_owner.flush, 20) == 0
        left = len(events)
        async with asyncio.timeout(30):
            while left:
                left -= await stream.take_batch()

    yield deliver
    await stream.close()


@pytest.fixture
def inbox(tmp_path: Path) -> Deliver:
    async def deliver(events: list[Told]) -> None:
        lay(tmp_path, DAY, events)
        await Inbox(tmp_path).take_files()

    return deliver
