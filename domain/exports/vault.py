"""The vault that files are kept in until they expire; the server names it once at start."""

from kit.vault import Vault

_vault: Vault | None = None


def keep_files_in(vault: Vault) -> None:
    """Once at start."""
    global _vault
    _vault = vault


def vault() -> Vault:
    """The vault; a process that was given none may not touch files."""
    if _vault is None:
        raise RuntimeError("no vault for exported files was named to this process")
    return _vault
