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
    """An operator who is known to be one; `session_id` is None where no session stands behind the act.

    `below` are the branches below the operator's own; `one_time` says that the password is one that has to be changed
    first, `enrolled` that a second factor stands beside it.
    """

    operator_id: int
    username: str
    name: str
    roles: frozenset[str]
    branch: str
    session_id: str | None = None
    below: frozenset[str] = frozenset()
    one_time: bool = False
    enrolled: bool = False

    @property
    def within(self) -> list[str] | None:
        """The branches this operator sees and touches, their own first; None at head office, which sees all."""
        return None if self.branch == HEAD_OFFICE else [self.branch, *sorted(self.below)]

    def sees(self, branch: str | None) -> bool:
        """Whether what belongs to `branch` (None: to none we know) is this operator's to see."""
        return self.branch in (HEAD_OFFICE, branch) or branch in self.below
