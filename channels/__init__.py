"""Partner systems speak here, both ways: one folder per partner, each with the sandbox twin that stands in for it."""
