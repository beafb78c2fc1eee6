"""Single sign-on from the bank's app."""
