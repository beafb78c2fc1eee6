"""The vault that voucher codes are kept in; the server names it once at start."""

from kit.vault import Vault

_vault: Vault | None = None


def keep_codes_in(vault: Vault) -> None:
    """Once at start."""
    global _vault
    _vault = vault


def vault() -> Vault:
    """The vault; a process that was given none may not touch codes."""
    if _vault is None:
        raise RuntimeError("no vault for voucher codes was named to this process")
    return _vault
