"""A nonce is spent once, on the real database."""

import asyncio
import uuid
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from channels.card_core.signature import Signed, admit, purge_nonces, sign, spend_nonce
from kit import clock, database
from kit.errors import Unauthenticated

pytestmark = pytest.mark.usefixtures("database")


async def known(nonce: str) -> bool:
    return bool(await database.fetchval("SELECT count(*) FROM partner_nonce WHERE nonce = $1", nonce))


async def test_a_nonce_is_good_once_per_partner() -> None:
    nonce = uuid.uuid4().hex
    await spend_nonce(Signed("card-core", nonce))
    await spend_nonce(Signed("another", nonce))
    with pytest.raises(Unauthenticated) as refused:
        await spend_nonce(Signed("card-core", nonce))
    assert refused.value.code == "signature.used_nonce"


async def test_of_many_at_once_one_may_pass(key: RSAPrivateKey) -> None:
    headers = sign(key, "card-core", str(int(clock.now().timestamp())), uuid.uuid4().hex, b"{}")
    keys = {"card-core": key.public_key()}
    outcomes = await asyncio.gather(*(admit(headers, b"{}", keys) for _ in range(8)), return_exceptions=True)
    assert outcomes.count("card-core") == 1
    assert {one.code for one in outcomes if isinstance(one, Unauthenticated)} == {"signature.used_nonce"}


async def test_a_wrong_signature_spends_no_nonce(key: RSAPrivateKey) -> None:
    nonce = uuid.uuid4().hex
    headers = sign(key, "card-core", str(int(clock.now().timestamp())), nonce, b"{}")
    with pytest.raises(Unauthenticated, match=r"signature\.wrong"):
        await admit(headers, b"{ }", {"card-core": key.public_key()})
    assert not await known(nonce)


async def test_only_nonces_that_could_not_be_replayed_are_forgotten() -> None:
    old, young = uuid.uuid4().hex, uuid.uuid4().hex
    for nonce, minutes in ((old, 16), (young, 10)):
        await database.execute(
            "INSERT INTO partner_nonce (partner, nonce, used_at) VALUES ('card-core', $1, $2)",
            nonce,
            clock.now() - timedelta(minutes=minutes),
        )
    assert await purge_nonces() >= 1
    assert (await known(old), await known(young)) == (False, True)
