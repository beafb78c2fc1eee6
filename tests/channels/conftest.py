"""The sandbox on its own socket, and partners' clients that talk to it."""

import uuid
from collections.abc import AsyncIterator

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from channels.card_core.client import CardCoreClient
from channels.outbound import connect
from channels.sandbox import SandboxConfig, create_sandbox
from tests.channels.boxed_bank import Sandbox
from tests.serving import serve

WECHAT_SECRET = "s3cret-of-wechat"


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
def number() -> str:
    """A request number nobody has used."""
    return uuid.uuid4().hex
