"""A real PostgreSQL and a real Valkey from Python wheels, for the demo, development and the tests.

Nothing is installed; the servers live under a data directory and end with the process that started them.
"""

from server.embedded.errors import EmbeddedError
from server.embedded.postgres import PostgresServer, start_postgres
from server.embedded.reset import reset
from server.embedded.valkey import ValkeyServer, start_valkey

__all__ = ["EmbeddedError", "PostgresServer", "ValkeyServer", "reset", "start_postgres", "start_valkey"]
