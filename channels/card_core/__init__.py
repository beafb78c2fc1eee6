"""The bank's card core: we ask it about customers and loans, it tells us what happened on the cards."""
