"""What a completion earns: granted once, settled when due, taken back once."""

from domain.rewards.claw_back import claw_back
from domain.rewards.grant import grant, settle_due

__all__ = ["claw_back", "grant", "settle_due"]
