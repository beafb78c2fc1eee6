"""People of the bank: who they are, how they sign in, what they hold as roles."""

from domain.operators.end_session import end_session
from domain.operators.ensure import ensure
from domain.operators.identity import HEAD_OFFICE, OperatorIdentity, Role
from domain.operators.queries import load_session, usernames
from domain.operators.rules import check_role
from domain.operators.sign_in import SignedIn, sign_in

__all__ = [
    "HEAD_OFFICE",
    "OperatorIdentity",
    "Role",
    "SignedIn",
    "check_role",
    "end_session",
    "ensure",
    "load_session",
    "sign_in",
    "usernames",
]
