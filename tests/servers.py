"""A webhook and a mail server on loopback that keep what they are sent."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer


@dataclass
class Received:
    """Where a server listens, and what it was sent."""

    port: int
    messages: list = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)


@contextmanager
def webhook(statuses: tuple[int, ...] = ()) -> Iterator[Received]:
    """Listen for JSON; answer with these statuses first, then with 200."""
    answers = list(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(answers.pop(0) if answers else 200)
            self.end_headers()
            received.messages.append(json.loads(body))

        def log_message(self, *args):
            pass

    with _serving(HTTPServer(("127.0.0.1", 0), Handler)) as received:
        yield received


@contextmanager
def mail_server() -> Iterator[Received]:
    """Speak as much SMTP (RFC 5321) as it takes to be sent a message."""

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str):
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self):
            self.say("220 here")
            for line in iter(self.rfile.readline, b""):
                verb, _, argument = line.decode().strip().partition(" ")
                if verb.upper() == "DATA":
                    self.say("354 go on")
                    lines = iter(self.rfile.readline, b".\r\n")
                    received.messages.append(b"".join(lines).decode())
                elif verb.upper() == "QUIT":
                    self.say("221 bye")
                    return
                elif verb.upper() == "MAIL":
                    received.senders.append(argument)
                elif verb.upper() == "RCPT":
                    received.recipients.append(argument)
                self.say("250 fine")

    with _serving(socketserver.TCPServer(("127.0.0.1", 0), Handler)) as received:
        yield received


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[Received]:
    # The handlers of both servers name what is yielded here.
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Received(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
