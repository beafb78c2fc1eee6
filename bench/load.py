"""A small HTTP/1.1 load generator: keep-alive connections, each sending its next request when the last is answered."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """What came of a run: answers per second, the 99th percentile of their times, and how many of each status."""

    per_second: float
    p99_ms: float
    statuses: Counter[int]


async def drive(port: int, requests: Iterator[tuple[str, str, str]], clients: int) -> Load:
    """Send every (method, path, token) of `requests` over `clients` connections; a POST carries an idempotency key."""
    times: list[float] = []
    statuses: Counter[int] = Counter()
    began = time.perf_counter()
    await asyncio.gather(*(_client(port, requests, times, statuses) for _ in range(clients)))
    seconds = time.perf_counter() - began
    return Load(len(times) / seconds, sorted(times)[int(len(times) * 0.99)] * 1000, statuses)


async def _client(
    port: int, requests: Iterator[tuple[str, str, str]], times: list[float], statuses: Counter[int]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for method, path, token in requests:
            began = time.perf_counter()
            length = "Content-Length: 0\r\nIdempotency-Key: 6f1d0c5e9b7a4832\r\n" if method == "POST" else ""
            head = f"{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n{length}\r\n"
            writer.write(head.encode())
            answer = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(_content_length(answer))
            times.append(time.perf_counter() - began)
            statuses[int(answer[9:12])] += 1
    finally:
        writer.close()


def _content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0
