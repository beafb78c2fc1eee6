"""The HTTP layer over Sanic: msgspec structs in and out, problem details, OpenAPI 3.1."""

from kit.http.idempotency import IDEMPOTENCY_KEY, request_key, request_key_if_any
from kit.http.openapi import document
from kit.http.peers import client_address
from kit.http.problems import Problem, install_problems, problem_of
from kit.http.routes import Answer, Operation, Routes
from kit.http.types import Code, Cursor, Fen, Page, Text, page_bounds

__all__ = [
    "IDEMPOTENCY_KEY",
    "Answer",
    "Code",
    "Cursor",
    "Fen",
    "Operation",
    "Page",
    "Problem",
    "Routes",
    "Text",
    "client_address",
    "document",
    "install_problems",
    "page_bounds",
    "problem_of",
    "request_key",
    "request_key_if_any",
]
