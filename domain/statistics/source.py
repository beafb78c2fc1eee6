"""What is counted: for each table of the books, what one of its rows counts as."""

from dataclasses import dataclass

DAY = "({} AT TIME ZONE 'Asia/Shanghai')::date"


@dataclass(frozen=True)
class Source:
    """`number` is a column drawn from `sequence` whenever a row changes, always by a transaction that holds a row's
    lock and so has its id (see `refresh`). `rows` selects row_id, subject, branch, day, measure and amount of the rows
    whose number is above `{after}` and at most `{upto}`; they depend on nothing that changes without a new number, but
    for the branch: that of the customer when the row was counted. Rows of a source that is counted `once` never change.
    """

    name: str
    table: str
    number: str
    sequence: str
    rows: str
    once: bool = False


def _source(name: str, table: str, what: str, joins: str = "", where: str = "", number: str = "change_no") -> Source:
    """`what` is subject, day, measure and amount; r is the row."""
    key = "customer_id" if table == "experience_account" else "id"
    rows = f"""SELECT r.{key} AS row_id, coalesce(k.branch, '') AS branch, {what}
               FROM {table} r JOIN customer k ON k.id = r.customer_id {joins}
               WHERE r.{number} > {{after}} AND r.{number} <= {{upto}} {where}"""
    sequence = "change_no" if number == "change_no" else f"{table}_id_seq"
    return Source(name, table, number, sequence, rows, once=number == "id")


_CLAIM = "JOIN claim c ON c.id = g.claim_id"
_OF_GRANT = f"JOIN reward_grant g ON g.id = substr(r.source, 7)::bigint {_CLAIM}"
_CLAIM_DAY = DAY.format("c.claimed_at")

SOURCES = (
    _source(
        "seen",
        "task_seen",
        f"t.task AS subject, {DAY.format('r.first_seen_at')} AS day, 'seen' AS measure, 0 AS amount",
        "CROSS JOIN LATERAL unnest(r.tasks) AS t (task)",
        number="id",
    ),
    _source(
        "claims", "claim", f"r.task AS subject, {DAY.format('r.claimed_at')} AS day, r.state AS measure, 0 AS amount"
    ),
    _source(
        "offers",
        "task_offer",
        f"r.task AS subject, {DAY.format('r.created_at')} AS day, r.state AS measure, 0 AS amount",
    ),
    _source(
        "rewards",
        "reward_grant",
        f"c.task AS subject, {_CLAIM_DAY} AS day, r.state AS measure, r.cost_fen AS amount",
        "JOIN claim c ON c.id = r.claim_id",
        "AND r.position > 0",
    ),
    _source(
        "debts",
        "debt",
        f"c.task AS subject, {_CLAIM_DAY} AS day, 'owed' AS measure, g.cost_fen AS amount",
        f"JOIN reward_grant g ON g.id = r.grant_id {_CLAIM}",
        number="id",
    ),
    _source(
        "coupons",
        "coupon",
        f"r.template AS subject, {DAY.format('r.issued_at')} AS day, r.state AS measure, 0 AS amount",
    ),
    _source(
        "task_coupons",
        "coupon",
        f"c.task AS subject, {_CLAIM_DAY} AS day, r.state AS measure, 0 AS amount",
        _OF_GRANT,
        "AND r.source LIKE 'grant:%'",
    ),
    _source(
        "benefits",
        "benefit_grant",
        f"(v.body ->> 'supplier') || '/' || r.benefit AS subject, {DAY.format('r.granted_at')} AS day,"
        " r.state AS measure, 0 AS amount",
        "JOIN configuration v ON v.id = r.version_id",
    ),
    _source(
        "task_benefits",
        "benefit_grant",
        f"c.task AS subject, {_CLAIM_DAY} AS day, r.state AS measure, 0 AS amount",
        _OF_GRANT,
        "AND r.source LIKE 'grant:%'",
    ),
    _source(
        "levels",
        "experience_account",
        f"r.rank::text AS subject, coalesce({DAY.format('r.rank_since')}, date '1970-01-01') AS day,"
        " 'held' AS measure, 0 AS amount",
    ),
    _source(
        "level_moves",
        "level_move",
        f"r.after::text AS subject, {DAY.format('r.at')} AS day,"
        " CASE WHEN r.after > r.before THEN 'risen' ELSE 'fallen' END AS measure, 0 AS amount",
        number="id",
    ),
    _source(
        "events",
        "event",
        f"r.type AS subject, {DAY.format('r.occurred_at')} AS day, 'told' AS measure, r.amount_fen AS amount",
        number="id",
    ),
)
BY_NAME = {source.name: source for source in SOURCES}
