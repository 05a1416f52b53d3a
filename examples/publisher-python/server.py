"""A publisher's server. The browser gets a session cookie and, in each page, the present advertising token."""

import json
import os
import secrets
import sys
import time
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from uid2_client import Uid2PublisherClient

from visitor import Visitor


def now_ms():
    return time.time() * 1000


def make_server(client, port=0, now=now_ms):
    """A server that is yet to serve. `now` gives the time in Unix ms; tests move it."""
    sessions = {}  # id -> Visitor; a database in a server that is to be started again

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            visitor = sessions.get(self._session())
            if self.path != "/":
                self._answer({"error": "not found"}, 404)
            elif visitor is None:
                self._answer({"logged_in": False})
            else:
                token = visitor.advertising_token(now())
                self._answer({"logged_in": True, "opted_out": visitor.opted_out, "advertising_token": token})

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path == "/login":
                session = secrets.token_urlsafe()
                visitor = sessions[session] = Visitor(client, json.loads(body)["email"])
                self._answer({"advertising_token": visitor.advertising_token(now())}, cookie=session)
            elif self.path == "/logout":
                # no call to UID2: the publisher forgets the tokens
                sessions.pop(self._session(), None)
                self._answer({"logged_in": False}, cookie="")
            else:
                self._answer({"error": "not found"}, 404)

        def _session(self):
            cookie = SimpleCookie(self.headers.get("Cookie", "")).get("session")
            return cookie.value if cookie else None

        def _answer(self, value, status=200, cookie=None):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            if cookie is not None:
                age = "" if cookie else "; Max-Age=0"
                self.send_header("Set-Cookie", f"session={cookie}; Path=/; HttpOnly; SameSite=Lax{age}")
            self.end_headers()
            self.wfile.write(json.dumps(value).encode())

        def log_message(self, *_):
            pass

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


if __name__ == "__main__":
    try:
        key, secret = os.environ["UID2_API_KEY"], os.environ["UID2_CLIENT_SECRET"]
    except KeyError as missing:
        sys.exit(f"Set {missing} to what `npx uid2-mock start` prints.")
    base_url = os.environ.get("UID2_BASE_URL", "http://127.0.0.1:8432")
    make_server(Uid2PublisherClient(base_url, key, secret), port=3000).serve_forever()
