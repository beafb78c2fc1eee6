"""The business: one folder per capability, one file per verb. Knows no web framework and no vendor."""
