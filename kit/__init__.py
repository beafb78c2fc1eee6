"""Tools without a business noun: clock, money, ids, errors, database, group commit, HTTP layer, logging."""
