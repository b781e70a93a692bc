"""Sending alerts: a webhook that takes JSON, and e-mail. The environment says where.

A target that cannot be reached never fails a run: that is said in the log, and the
other target is tried all the same. Addresses and passwords are never logged.
"""

from __future__ import annotations

import logging
import os
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from orchestration.operation.alerts import Alert

logger = logging.getLogger("c360.alerts")

TIMEOUT_SECONDS = 10.0
"""How long one attempt at a target may take."""

ATTEMPTS = 3


def targets() -> list[str]:
    """Return the kinds of target that the environment sets up."""
    set_up = {"webhook": "C360_ALERT_WEBHOOK", "e-mail": "C360_ALERT_EMAIL"}
    return [name for name, variable in set_up.items() if os.environ.get(variable)]


def send(alert: Alert | None) -> list[str]:
    """Send an alert to every target that is set up; return a sentence for each failure.

    Settings: C360_ALERT_WEBHOOK (URL); C360_ALERT_EMAIL (addresses, with commas between
    them), C360_SMTP_URL (`smtp://user:password@host:587`, or `smtps://`; default
    `smtp://localhost`) and C360_ALERT_FROM.
    """
    failures: list[str] = []
    if alert is None:
        return failures
    for target in targets():
        try:
            _try_again(_post if target == "webhook" else _mail, alert)
        except Exception as error:
            # The words of an error may hold the URL, and a webhook's URL is a secret.
            why = f"{type(error).__name__} at {_host(target)}"
            sentence = f"The alert could not be sent by {target}: {why}."
            logger.error(sentence)
            failures.append(sentence)
    return failures


@contextmanager
def told_if_it_fails() -> Iterator[None]:
    """Alert about an error that keeps a run from starting, and raise it on."""
    try:
        yield
    except Exception as error:
        title = "Customer 360: a run could not start"
        send(Alert("run_failed", title, "c360 doctor", [type(error).__name__]))
        raise


def _try_again(deliver: Callable[[Alert], None], alert: Alert) -> None:
    import httpx
    import stamina

    transient = (OSError, smtplib.SMTPServerDisconnected, httpx.TransportError)
    for attempt in stamina.retry_context(
        on=transient, attempts=ATTEMPTS, timeout=3 * TIMEOUT_SECONDS, wait_initial=0.2
    ):
        with attempt:
            deliver(alert)


def _post(alert: Alert) -> None:
    import httpx

    url = os.environ["C360_ALERT_WEBHOOK"]
    response = httpx.post(url, json=alert.as_json(), timeout=TIMEOUT_SECONDS)
    response.raise_for_status()


def _mail(alert: Alert) -> None:
    server = urlsplit(_smtp_url())
    message = EmailMessage()
    message["Subject"] = alert.title
    message["From"] = os.environ.get("C360_ALERT_FROM", f"c360@{socket.getfqdn()}")
    message["To"] = os.environ["C360_ALERT_EMAIL"]
    message.set_content(alert.text)
    context = ssl.create_default_context()
    host = server.hostname or "localhost"
    if server.scheme == "smtps":
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            host, server.port or 465, timeout=TIMEOUT_SECONDS, context=context
        )
    else:
        client = smtplib.SMTP(host, server.port or 25, timeout=TIMEOUT_SECONDS)
    with client:
        client.ehlo()
        if client.has_extn("starttls"):
            client.starttls(context=context)
        if server.username:
            client.login(unquote(server.username), unquote(server.password or ""))
        client.send_message(message)


def _smtp_url() -> str:
    return os.environ.get("C360_SMTP_URL", "smtp://localhost")


def _host(target: str) -> str:
    url = os.environ["C360_ALERT_WEBHOOK"] if target == "webhook" else _smtp_url()
    return urlsplit(url).hostname or "an address that is no URL"
