"""The key that anchors are signed with; the server names it once at start, the database never has it."""

from kit.vault import Vault

_vault: Vault | None = None


def sign_anchors_with(vault: Vault) -> None:
    """Once at start."""
    global _vault
    _vault = vault


def mac(number: int, head_hash: str) -> str:
    """HMAC-SHA-256 in hex over a head of the chain."""
    if _vault is None:
        raise RuntimeError("no key for anchors of the audit trail was named to this process")
    return _vault.digest(f"{number}:{head_hash}").hex()
