"""Figures that reports are made of, and how far they have been counted."""

from tortoise import fields
from tortoise.models import Model


class CountingMark(Model):
    """How far a source was counted: every row whose number is at most `done`. Those up to `horizon` are next, once
    every transaction before `horizon_xid` has ended; `as_of` is the moment whose commits the figures hold.
    """

    source = fields.CharField(16, primary_key=True)
    done = fields.BigIntField(default=0)
    horizon = fields.BigIntField(null=True)
    horizon_xid = fields.BigIntField(null=True)
    horizon_at = fields.DatetimeField(null=True)
    as_of = fields.DatetimeField(null=True)

    class Meta:
        table = "counting_mark"


class Counted(Model):
    """As what a row was counted last. In the database its key is (source, row_id)."""

    id = fields.BigIntField(primary_key=True)
    source = fields.CharField(16)
    row_id = fields.BigIntField()
    subject = fields.CharField(130)
    branch = fields.CharField(32)
    day = fields.DateField()
    measure = fields.CharField(16)
    amount = fields.BigIntField()

    class Meta:
        table = "counted"
        unique_together = (("source", "row_id"),)


class Figure(Model):
    """How many rows of a source are this, and the sum of their amounts. The day is that on which each began."""

    id = fields.BigIntField(primary_key=True)
    source = fields.CharField(16)
    subject = fields.CharField(130)
    branch = fields.CharField(32)
    day = fields.DateField()
    measure = fields.CharField(16)
    number = fields.BigIntField()
    amount = fields.BigIntField()

    class Meta:
        table = "figure"
        unique_together = (("source", "subject", "day", "branch", "measure"),)
