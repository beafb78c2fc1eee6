"""The vault that rows are kept in while they wait; the server names it once at start."""

from kit.vault import Vault

_vault: Vault | None = None


def keep_rows_in(vault: Vault) -> None:
    """Once at start."""
    global _vault
    _vault = vault


def vault() -> Vault:
    """The vault; a process that was given none may not touch rows."""
    if _vault is None:
        raise RuntimeError("no vault for imported rows was named to this process")
    return _vault
