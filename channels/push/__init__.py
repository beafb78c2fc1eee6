"""Notifications of the bank's app."""
