"""Who acts: an operator with roles, of head office or of a branch."""

from enum import StrEnum

import msgspec

HEAD_OFFICE = "HQ"


class Role(StrEnum):
    """What an operator may be asked to do."""

    MAKER = "maker"
    CHECKER = "checker"
    BUDGET_APPROVER = "budget_approver"
    SUPPORT = "support"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class OperatorIdentity(msgspec.Struct, frozen=True):
    """An operator who is known to be one; `session_id` is None where no session stands behind the act."""

    operator_id: int
    username: str
    name: str
    roles: frozenset[str]
    branch: str
    session_id: str | None = None

    @property
    def scope(self) -> str | None:
        """The only branch this operator sees and touches; None at head office, which sees all."""
        return None if self.branch == HEAD_OFFICE else self.branch
