"""What the publisher keeps of a visitor who has logged in, and when it asks the operator."""

import logging
from threading import Lock
from urllib.error import HTTPError

from uid2_client import TokenGenerateInput

log = logging.getLogger(__name__)


class Visitor:
    def __init__(self, client, email):
        self._client = client
        self._email = email
        self._identity = None
        self._renewing = Lock()
        self.opted_out = False

    def advertising_token(self, now_ms):
        """The token for the page that is being made, or None: opted out, or the operator does not answer."""
        with self._renewing:
            if not self.opted_out and self._is_due(now_ms):
                try:
                    self._renew(now_ms)
                except Exception as error:  # the page works without a token
                    log.warning("UID2: %s", error)
        if self._identity is None or now_ms >= self._identity.get_identity_expires():
            return None
        return self._identity.get_advertising_token()

    def _is_due(self, now_ms):
        # not the SDK's is_due_for_refresh(): version 2.9.0 compares seconds with milliseconds
        return self._identity is None or now_ms >= self._identity.get_refresh_from()

    def _renew(self, now_ms):
        response = self._ask(now_ms)
        self.opted_out = response.is_optout()
        self._identity = response.get_identity()

    def _ask(self, now_ms):
        """Refreshes while that is possible, else generates."""
        if self._identity is not None and now_ms < self._identity.get_refresh_expires():
            try:
                return self._client.refresh_token(self._identity)
            except HTTPError as error:
                if error.code == 429 or error.code >= 500:
                    raise
        return self._client.generate_token(TokenGenerateInput.from_email(self._email))
