"""A session ends before its time."""

from domain.operators.acted import acted
from domain.operators.identity import OperatorIdentity, Role
from domain.operators.queries import hold
from domain.operators.rules import check_role
from kit import clock, database
from kit.errors import NotFound


async def end_session(operator: OperatorIdentity, session_id: str, of: str | None = None) -> None:
    """End a session of one's own or, for administrators, of the operator named `of`, in every process; one that has
    ended already stays so.

    Raises `NotFound` (`session.not_found` for a session that is not theirs, `operator.not_found`), `Forbidden`
    (`operator.missing_role`).
    """
    owner = of or operator.username
    async with database.transaction() as connection:
        if of is not None:
            check_role(operator, Role.ADMINISTRATOR)
            await hold(connection, operator, of)
        known = await connection.fetchrow(
            """SELECT s.revoked_at FROM operator_session s JOIN operator o ON o.id = s.operator_id
               WHERE s.id = $1 AND o.username = $2 FOR NO KEY UPDATE OF s""",
            session_id,
            owner,
        )
        if known is None:
            raise NotFound("session.not_found", "没有这个登录会话")
        if known["revoked_at"] is not None:
            return
        await connection.execute("UPDATE operator_session SET revoked_at = $2 WHERE id = $1", session_id, clock.now())
        await acted(connection, operator, "session.end", f"operators/{owner}/sessions/{session_id}")
