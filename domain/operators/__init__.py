"""People of the bank: who they are, how they sign in, what they hold as roles, which branches they see."""

from domain.operators.acted import acted
from domain.operators.change import change
from domain.operators.change_password import change_password
from domain.operators.confirm_second_factor import confirm_second_factor
from domain.operators.create import Admitted, create
from domain.operators.end_session import end_session
from domain.operators.end_sessions import end_sessions
from domain.operators.ensure import ensure
from domain.operators.export_trail import export_trail
from domain.operators.identity import HEAD_OFFICE, OperatorIdentity, Role
from domain.operators.note_refusal import Refusal, note_refusal
from domain.operators.offer_second_factor import Offered, offer_second_factor
from domain.operators.put_branch import put_branch
from domain.operators.queries import Account, account, accounts, load_session, usernames
from domain.operators.reset_password import reset_password
from domain.operators.reset_second_factor import reset_second_factor
from domain.operators.retry_fact import fact_not_found, retry_fact
from domain.operators.rules import check_role
from domain.operators.second_factor import keep_secrets_in
from domain.operators.sessions import Session, sessions
from domain.operators.sign_in import SignedIn, sign_in
from domain.operators.touch import touch
from domain.operators.tree import Branch, branches, customers_of
from domain.operators.verify_trail import verify_trail

__all__ = [
    "HEAD_OFFICE",
    "Account",
    "Admitted",
    "Branch",
    "Offered",
    "OperatorIdentity",
    "Refusal",
    "Role",
    "Session",
    "SignedIn",
    "account",
    "accounts",
    "acted",
    "branches",
    "change",
    "change_password",
    "check_role",
    "confirm_second_factor",
    "create",
    "customers_of",
    "end_session",
    "end_sessions",
    "ensure",
    "export_trail",
    "fact_not_found",
    "keep_secrets_in",
    "load_session",
    "note_refusal",
    "offer_second_factor",
    "put_branch",
    "reset_password",
    "reset_second_factor",
    "retry_fact",
    "sessions",
    "sign_in",
    "touch",
    "usernames",
    "verify_trail",
]
