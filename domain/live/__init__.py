"""What a customer's open pages must hear of, gathered from claims, coupons, messages and experience."""

from domain.live.changes import Change, changes_after, last_change

__all__ = ["Change", "changes_after", "last_change"]
