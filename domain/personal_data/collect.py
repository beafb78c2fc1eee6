"""Everything we hold about one customer, by what it is. Secrets that are worth money stay where they are guarded."""

from typing import Any

import msgspec

from kit import clock
from kit.database import Connection

SECTIONS: dict[str, str] = {
    "profile": """
        SELECT id AS customer_id, customer_no, name, stage, card_product, branch, billing_day, created_at
        FROM customer WHERE id = $1""",
    "identities": """
        SELECT channel, left(subject, 4) || '…' || right(subject, 4) AS openid, created_at, bound_at
        FROM identity WHERE customer_id = $1 ORDER BY id""",
    "follows_our_wechat_account": """
        SELECT f.followed, f.changed_at FROM wechat_follower f JOIN identity i ON i.subject = f.openid
        WHERE i.customer_id = $1 AND i.channel = 'wechat_h5' ORDER BY i.id""",
    "sessions": """
        SELECT channel, created_at, expires_at, revoked_at FROM customer_session
        WHERE customer_id = $1 ORDER BY created_at""",
    "consents": """
        SELECT purpose, granted, document_version, via, at FROM consent WHERE customer_id = $1 ORDER BY id""",
    "events": """
        SELECT source, event_id, type, occurred_at, amount_fen, mcc, merchant_id, merchant_name, channel, card_last4,
               card_product, original_event_id, attributes, received_at
        FROM event WHERE customer_id = $1 ORDER BY occurred_at, id""",
    "tags": """
        SELECT v.tag, c.body ->> 'name' AS name, coalesce(v.flag::text, v.number::text, v.text) AS value, v.as_of
        FROM tag_value v
        LEFT JOIN configuration c ON c.kind = 'tags' AND c.code = v.tag AND c.state IN ('live', 'paused')
        WHERE v.tag = ANY(ARRAY(SELECT tag FROM tag_state)) AND v.customer_id = $1 ORDER BY v.tag""",
    "audience_files": """
        SELECT m.code AS audience, c.body ->> 'name' AS name FROM audience_member m
        LEFT JOIN configuration c ON c.kind = 'audiences' AND c.code = m.code AND c.state IN ('live', 'paused')
        WHERE m.customer_id = $1 AND m.import_id = 0 ORDER BY m.code""",
    "claims": """
        SELECT c.task, v.body ->> 'name' AS name, c.cycle, c.turn, c.state, c.progress, c.claimed_at, c.expires_at,
               c.completed_at, c.rewarded_at
        FROM claim c JOIN configuration v ON v.id = c.version_id WHERE c.customer_id = $1 ORDER BY c.id""",
    "offers": """
        SELECT task, pool, state, created_at, closed_at FROM task_offer WHERE customer_id = $1 ORDER BY id""",
    "tasks_seen": """
        SELECT unnest(tasks) AS task, first_seen_at FROM task_seen WHERE customer_id = $1 ORDER BY id""",
    "journeys": """
        SELECT r.journey, v.body ->> 'name' AS name, r.state, r.entered_at, r.ended_at, p.step, p.exit, p.at
        FROM journey_run r JOIN configuration v ON v.id = r.version_id LEFT JOIN journey_path p ON p.run_id = r.id
        WHERE r.customer_id = $1 ORDER BY r.id, p.number""",
    "rewards": """
        SELECT kind, title, amount, state, settles_at, granted_at, clawed_back_at
        FROM reward_grant WHERE customer_id = $1 ORDER BY id""",
    "debts": """
        SELECT kind, amount, settled, state, created_at FROM debt WHERE customer_id = $1 ORDER BY id""",
    "experience": """
        SELECT amount, title, created_at FROM experience_entry WHERE customer_id = $1 ORDER BY id""",
    "experience_account": """
        SELECT balance, rank, rank_since, earned, spent, level_until FROM experience_account WHERE customer_id = $1""",
    "levels": """
        SELECT before, after, reason, at FROM level_move WHERE customer_id = $1 ORDER BY id""",
    "coupons": """
        SELECT c.id AS coupon_id, c.template, v.body ->> 'name' AS name, c.state, c.valid_from, c.valid_until,
               c.issued_at
        FROM coupon c JOIN configuration v ON v.id = c.version_id WHERE c.customer_id = $1 ORDER BY c.id""",
    "benefits": """
        SELECT g.id AS grant_id, g.benefit, v.body ->> 'name' AS name, g.state, g.granted_at, g.valid_until,
               g.redeemed_at
        FROM benefit_grant g JOIN configuration v ON v.id = g.version_id WHERE g.customer_id = $1 ORDER BY g.id""",
    "exchanges": """
        SELECT benefit, experience, state, created_at, returned_at FROM exchange WHERE customer_id = $1 ORDER BY id""",
    "compensations": """
        SELECT kind, target, amount, state, reason, created_at, decided_at
        FROM compensation WHERE customer_id = $1 ORDER BY id""",
    "loans": """
        SELECT id AS loan_id, amount_fen, periods, method, state, reason, cost_table_version, cost_table_seconds,
               cost_table, created_at, decided_at
        FROM loan WHERE customer_id = $1 ORDER BY id""",
    "messages": """
        SELECT title, body, category, created_at, read_at FROM message WHERE customer_id = $1 ORDER BY id""",
    "messages_sent": """
        SELECT d.channel, m.title, d.state, d.reason, left(d.address, 3) || '…' || right(d.address, 4) AS address,
               d.created_at, d.sent_at
        FROM delivery d JOIN message m ON m.id = d.message_id WHERE d.customer_id = $1 ORDER BY d.id""",
    "reminders": """
        SELECT template, asked_at, told_at FROM offer_reminder WHERE customer_id = $1 ORDER BY id""",
    "risk_decisions": """
        SELECT action, passed, at FROM risk_decision WHERE customer_id = $1 AND NOT shadow ORDER BY id""",
    "risk_holds": """
        SELECT action, kind, state, created_at, until FROM risk_hold WHERE customer_id = $1 ORDER BY id""",
    "data_exports": """
        SELECT state, requested_at, ready_at, expires_at FROM data_export WHERE customer_id = $1 ORDER BY id""",
    "account_deletions": """
        SELECT state, requested_at, due_at, closed_at FROM account_deletion WHERE customer_id = $1 ORDER BY id""",
}
"""Section of the file → query by customer."""
_JSON = ("attributes", "progress", "cost_table")
NOTE = (
    "本文件包含任务中心保存的关于您的全部信息。时间为协调世界时（UTC），金额单位为分。"
    "权益的兑换码不在文件内：请在“我的权益”中查看。微信标识只显示首尾几位。"
)


async def collect(connection: Connection, customer_id: int) -> dict[str, Any]:
    """The content of the file. The caller holds the customer's lock."""
    found: dict[str, Any] = {"made_at": clock.now(), "note": NOTE}
    for section, sql in SECTIONS.items():
        found[section] = [_plain(dict(row)) for row in await connection.fetch(sql, customer_id)]
    return found


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: msgspec.json.decode(value) if name in _JSON and isinstance(value, str) else value
        for name, value in row.items()
    }
