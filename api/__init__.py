"""Customers speak here: one file per resource. Nothing of the operators' side is reachable from this room."""
