"""Benefit suppliers: we ask them to issue, they tell us what was used, by callback and by a daily file."""
