"""Measurements with their baselines in the same run: `make bench`."""
