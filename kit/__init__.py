"""Tools without a business noun: clock, money, ids, errors, database, group commit, HTTP layer, logging."""

import atexit
import gc

# msgspec 0.22 walks descriptions of types that are freed already when the interpreter collects for the last time: one
# in four processes that had done their work ended by SIGSEGV (msgspec issue 717). What is frozen is not walked.
atexit.register(gc.freeze)
