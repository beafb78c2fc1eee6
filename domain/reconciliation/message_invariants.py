"""What must be true of messages on their way."""

from domain.reconciliation.invariant import Invariant

MESSAGES = (
    Invariant(
        "delivery.state_is_the_last_move",
        "the state of a delivery is where its history ends; without one it waits",
        """SELECT d.id, d.state, m.after FROM delivery d
           LEFT JOIN LATERAL (SELECT after FROM delivery_move WHERE delivery_id = d.id ORDER BY id DESC LIMIT 1) m
                ON true
           WHERE coalesce(m.after, 'waiting') <> d.state""",
    ),
    Invariant(
        "delivery.sent_once",
        "a delivery became sent once at most, and none that was not asked for became it",
        """SELECT delivery_id, count(*) FILTER (WHERE after = 'sent') AS sent FROM delivery_move GROUP BY delivery_id
           HAVING count(*) FILTER (WHERE after = 'sent') > 1
               OR (bool_or(after IN ('sent', 'delivered')) AND NOT bool_or(after = 'sending'))""",
    ),
    Invariant(
        "delivery.subscribe_asked_once",
        "subscribe messages, which WeChat would send twice, are asked for again only after a used-up quota",
        """SELECT d.id, count(*) AS asked FROM delivery d JOIN delivery_move m ON m.delivery_id = d.id
           WHERE d.channel = 'wechat'
           GROUP BY d.id
           HAVING count(*) FILTER (WHERE m.before = 'waiting' AND m.after = 'sending')
                  > 1 + count(*) FILTER (WHERE m.after = 'waiting' AND m.reason = 'wechat.quota')""",
    ),
    Invariant(
        "delivery.nothing_after_delivered",
        "after a message was delivered by one channel, none is sent by those after it",
        """SELECT e.message_id, e.id AS delivered, l.id AS later FROM delivery e
           JOIN delivery l ON l.message_id = e.message_id AND l.position > e.position
           WHERE e.state = 'delivered' AND l.asked_at > e.ended_at""",
    ),
    Invariant(
        "delivery.of_every_channel",
        "a message has deliveries of its template's channels, all or (of a template without any) none",
        """SELECT m.id, count(d.id) AS deliveries FROM message m JOIN configuration v ON v.id = m.version_id
           LEFT JOIN delivery d ON d.message_id = m.id
           WHERE v.body -> 'channels' IS NOT NULL
           GROUP BY m.id, v.id HAVING count(d.id) <> jsonb_array_length(v.body -> 'channels')""",
    ),
    Invariant(
        "delivery.marketing_was_wanted",
        "nobody was sent marketing by a channel they had not agreed to at that time",
        """SELECT d.id, d.customer_id FROM delivery d
           WHERE d.category = 'marketing' AND d.asked_at IS NOT NULL AND d.state IN ('sent', 'delivered')
             AND NOT coalesce((SELECT c.granted FROM consent c
                 WHERE c.customer_id = d.customer_id AND c.at <= d.asked_at
                 AND c.purpose = 'marketing.' || CASE d.channel WHEN 'wechat_notice' THEN 'wechat' ELSE d.channel END
                 ORDER BY c.id DESC LIMIT 1), false)""",
    ),
)
