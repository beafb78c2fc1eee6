"""Benefits for experience: exchanged once, given back where the benefit comes to nothing."""

from domain.exchanges.exchange import Exchange, ExchangeOrder, exchange_batch
from domain.exchanges.give_back import give_back
from domain.exchanges.queries import exchanged_of

__all__ = ["Exchange", "ExchangeOrder", "exchange_batch", "exchanged_of", "give_back"]
