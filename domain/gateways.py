"""The ports of those who bring messages to phones; `domain.ports` binds them."""

from typing import Protocol


class Sms(Protocol):
    """The SMS gateway."""

    async def send(self, phone: str, text: str, dedupe_key: str) -> str:
        """The gateway's number of the message, by which it reports the delivery; the same `dedupe_key` is sent once.
        Raises `Refused` (`sms.phone`, `sms.conflict`), `NoAnswer`.
        """


class Push(Protocol):
    """Notifications of the bank's app, to every phone its customer uses it on."""

    async def send(self, customer_no: str, title: str, body: str, link: str | None, dedupe_key: str) -> str:
        """The service's number of the notification; the same `dedupe_key` is sent once. Raises `Refused`
        (`push.no_device`, `push.disabled`, `push.conflict`), `NoAnswer`.
        """
