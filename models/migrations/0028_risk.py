"""What is attempted and decided, who waits, and who stands on a list; then what the database itself refuses of them."""

import functools
from json import dumps, loads

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.migration import Base

_ACTIONS = "('claim', 'coupon_claim', 'exchange', 'bind', 'sign_in')"
ADD = [
    f"ALTER TABLE risk_decision ADD CONSTRAINT risk_decision_action CHECK (action IN {_ACTIONS})",
    "ALTER TABLE risk_decision ADD CONSTRAINT risk_decision_word"
    " CHECK (decision IN ('allow', 'limit', 'challenge', 'review', 'deny'))",
    "ALTER TABLE risk_decision ADD CONSTRAINT risk_decision_shadow_passes CHECK (passed OR NOT shadow)",
    "ALTER TABLE risk_decision ADD CONSTRAINT risk_decision_passes"
    " CHECK (shadow OR CASE decision WHEN 'allow' THEN passed WHEN 'deny' THEN NOT passed ELSE true END)",
    f"ALTER TABLE risk_attempt ADD CONSTRAINT risk_attempt_action CHECK (action IN {_ACTIONS})",
    f"ALTER TABLE risk_hold ADD CONSTRAINT risk_hold_action CHECK (action IN {_ACTIONS})",
    "ALTER TABLE risk_hold ADD CONSTRAINT risk_hold_kind CHECK (kind IN ('delay', 'challenge', 'review'))",
    "ALTER TABLE risk_hold ADD CONSTRAINT risk_hold_state"
    " CHECK (state IN ('waiting', 'cleared', 'refused', 'spent'))",
    "ALTER TABLE risk_hold ADD CONSTRAINT risk_hold_challenge_has_token"
    " CHECK ((kind = 'challenge') = (token IS NOT NULL))",
    "ALTER TABLE risk_hold ADD CONSTRAINT risk_hold_delay_opens CHECK ((kind = 'delay') = (opens_at IS NOT NULL))",
    "ALTER TABLE risk_hold ADD CONSTRAINT risk_hold_review_has_hours"
    " CHECK ((kind = 'review') = (hours IS NOT NULL))",
    "ALTER TABLE risk_hold ADD CONSTRAINT risk_hold_was_decided"
    " CHECK (CASE WHEN kind = 'review' AND state <> 'waiting' THEN operator_id IS NOT NULL AND decided_at IS NOT NULL"
    " ELSE operator_id IS NULL END)",
    "ALTER TABLE risk_hold ADD CONSTRAINT risk_hold_ends"
    " CHECK (until IS NOT NULL OR (kind = 'review' AND state = 'waiting'))",
    # Of one customer and action one thing of a kind waits.
    "CREATE UNIQUE INDEX risk_hold_waits_once ON risk_hold (customer_id, action, kind) WHERE state = 'waiting'",
    "ALTER TABLE risk_list_entry ADD CONSTRAINT risk_list_entry_list CHECK (list IN ('deny', 'allow', 'watch'))",
    "ALTER TABLE risk_list_entry ADD CONSTRAINT risk_list_entry_kind"
    " CHECK (kind IN ('customer', 'device', 'ip', 'openid'))",
    "ALTER TABLE risk_list_entry ADD CONSTRAINT risk_list_entry_names_its_customer"
    " CHECK ((kind = 'customer') = (customer_id IS NOT NULL))",
    "ALTER TABLE risk_list_entry ADD CONSTRAINT risk_list_entry_lives CHECK (until > created_at)",
    # For forgetting only, and of a kind no question about a subject can be answered by.
    "CREATE INDEX risk_attempt_to_forget ON risk_attempt USING brin (at)",
    "CREATE INDEX risk_decision_to_forget ON risk_decision (at) WHERE subjects <> '{}'",
    "CREATE INDEX risk_hold_waiting_reviews ON risk_hold (id) WHERE kind = 'review' AND state = 'waiting'",
    "ALTER TABLE import_file DROP CONSTRAINT import_file_kind",
    "ALTER TABLE import_file ADD CONSTRAINT import_file_kind CHECK"
    " (kind IN ('customers', 'benefit_codes', 'events', 'tags', 'audience_members', 'risk_lists'))",
]
GUARD = [
    """CREATE FUNCTION refuse_change_of_risk_decision() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF TG_OP = 'UPDATE' THEN
           OLD.subjects := '{}';
           IF NEW IS NOT DISTINCT FROM OLD THEN
             RETURN NEW;
           END IF;
         END IF;
         RAISE EXCEPTION 'risk_decision is append-only' USING ERRCODE = 'restrict_violation';
       END $$""",
    """CREATE TRIGGER risk_decision_append_only BEFORE UPDATE OR DELETE ON risk_decision
       FOR EACH ROW EXECUTE FUNCTION refuse_change_of_risk_decision()""",
    """CREATE TRIGGER risk_decision_stays BEFORE TRUNCATE ON risk_decision
       FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
    # The locks are taken in the first statement, in order; the second sees what whoever held them before has written. Its
    # plan is kept from when the table was empty, so that it must not be one for an empty table.
    """CREATE FUNCTION risk_earlier(
         locked varchar[], wanted varchar[], since timestamptz[], actions text[], most int[], people bool[], passing bool[],
         seen timestamptz)
       RETURNS TABLE (place bigint, at timestamptz, action varchar, customer_id bigint, passed bool)
       LANGUAGE plpgsql VOLATILE SET enable_seqscan = off SET enable_bitmapscan = off AS $$
       BEGIN
         INSERT INTO risk_subject AS s (subject, seen_at) SELECT l, seen FROM unnest(locked) AS l ORDER BY l
         ON CONFLICT (subject) DO UPDATE SET seen_at = greatest(s.seen_at, excluded.seen_at);
         RETURN QUERY
           SELECT w.place, a.at, a.action, a.customer_id, a.passed
           FROM unnest(wanted, since, actions, most, people, passing)
                WITH ORDINALITY AS w (subject, since, actions, most, people, passing, place)
           CROSS JOIN LATERAL (
             SELECT t.* FROM risk_attempt t
             WHERE NOT w.people AND t.subject = w.subject AND t.at > w.since
               AND t.action = ANY (string_to_array(w.actions, ',')) AND (t.passed OR NOT w.passing)
             ORDER BY t.at DESC LIMIT w.most) AS a
           UNION ALL
           SELECT w.place, a.at, a.action, a.customer_id, a.passed
           FROM unnest(wanted, since, actions, most, people, passing)
                WITH ORDINALITY AS w (subject, since, actions, most, people, passing, place)
           CROSS JOIN LATERAL (
             SELECT DISTINCT ON (t.customer_id) t.* FROM risk_attempt t
             WHERE w.people AND t.subject = w.subject AND t.at > w.since
               AND t.action = ANY (string_to_array(w.actions, ',')) AND (t.passed OR NOT w.passing)
             ORDER BY t.customer_id, t.at DESC LIMIT w.most) AS a;
       END $$""",
]


class Migration(Base):
    dependencies = [("models", "0031_routing")]
    operations = [
        ops.CreateModel(
            name='RiskAttempt',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('subject', fields.CharField(max_length=32)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('action', fields.CharField(max_length=16)),
                ('passed', fields.BooleanField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'risk_attempt', 'app': 'models', 'indexes': [Index(fields=['subject', 'at']), Index(fields=['customer_id'])], 'pk_attr': 'id', 'table_description': 'An attempt by a subject that a live rule counts by. Kept as long as a rule may look back.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RiskDecision',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('action', fields.CharField(max_length=16)),
                ('version', fields.IntField()),
                ('rule', fields.CharField(null=True, max_length=64)),
                ('decision', fields.CharField(max_length=9)),
                ('shadow', fields.BooleanField()),
                ('passed', fields.BooleanField()),
                ('signals', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('subjects', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'risk_decision', 'app': 'models', 'indexes': [Index(fields=['customer_id', 'id']), Index(fields=['rule', 'id']), Index(fields=['at'])], 'pk_attr': 'id', 'table_description': 'What a rule (of a version of the table), or without one a list, made of an attempt. Append-only, but for'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RiskHold',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('token', fields.CharField(null=True, unique=True, max_length=32)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('action', fields.CharField(max_length=16)),
                ('kind', fields.CharField(max_length=9)),
                ('state', fields.CharField(max_length=8)),
                ('version', fields.IntField()),
                ('rule', fields.CharField(max_length=64)),
                ('hours', fields.SmallIntField(null=True)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('opens_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('code_hash', fields.CharField(null=True, max_length=64)),
                ('code_sent_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('tries', fields.SmallIntField(default=0)),
                ('operator_id', fields.BigIntField(null=True)),
                ('reason', fields.CharField(null=True, max_length=200)),
                ('decided_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'risk_hold', 'app': 'models', 'indexes': [Index(fields=['customer_id', 'action', 'kind'])], 'pk_attr': 'id', 'table_description': 'An action that waits: for time (delay), for a code (challenge), for an operator (review). waiting → cleared,'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RiskListEntry',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('list', fields.CharField(max_length=5)),
                ('kind', fields.CharField(max_length=8)),
                ('subject', fields.CharField(max_length=32)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('label', fields.CharField(max_length=64)),
                ('reason', fields.CharField(max_length=200)),
                ('until', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('operator_id', fields.BigIntField()),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'risk_list_entry', 'app': 'models', 'unique_together': (('subject', 'list'),), 'indexes': [Index(fields=['kind'])], 'pk_attr': 'id', 'table_description': 'A subject on a list, until a time; `label` is what operators may see of it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RiskSubject',
            fields=[
                ('subject', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('seen_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'risk_subject', 'app': 'models', 'pk_attr': 'subject', 'table_description': "Its row is the lock under which a subject's attempts are counted."},
            bases=['Model'],
        ),
        *(ops.RunSQL(statement) for statement in [*ADD, *GUARD]),
    ]
