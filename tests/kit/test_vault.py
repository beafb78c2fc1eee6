"""What is sealed opens under the same key and purpose only, and is recognised without being opened."""

import pytest
from cryptography.exceptions import InvalidTag

from kit.vault import Vault

OLD, NEW = {"a": "a" * 32}, {"a": "a" * 32, "b": "b" * 32}


def test_a_secret_opens_again_and_looks_different_each_time() -> None:
    vault = Vault(OLD, "codes")
    sealed = [vault.seal("券码-1") for _ in range(3)]
    assert len(set(sealed)) == 3
    assert {vault.open(one) for one in sealed} == {"券码-1"}


def test_a_new_key_seals_and_the_old_one_still_opens_and_recognises() -> None:
    before, after = Vault(OLD, "codes"), Vault(NEW, "codes")
    assert after.open(before.seal("x")) == "x"
    assert after.digest("x") == before.digest("x") != before.digest("y")
    with pytest.raises(KeyError):
        before.open(after.seal("x"))


@pytest.mark.parametrize("other", [Vault(OLD, "phones"), Vault({"a": "z" * 32}, "codes")])
def test_neither_another_purpose_nor_another_key_opens_it(other: Vault) -> None:
    with pytest.raises(InvalidTag):
        other.open(Vault(OLD, "codes").seal("x"))
    assert other.digest("x") != Vault(OLD, "codes").digest("x")


def test_what_was_changed_does_not_open() -> None:
    vault = Vault(OLD, "codes")
    sealed = bytearray(vault.seal("x"))
    sealed[-1] ^= 1
    with pytest.raises(InvalidTag):
        vault.open(bytes(sealed))
