"""A DSP's bidder: reads the user of a bid request from its UID2 token, and lets go of users who have opted out."""

import base64
import json
import os
import sys
from datetime import datetime, timezone

from uid2_client import (
    BidstreamClient,
    DecryptionStatus,
    EncryptionError,
    auth_headers,
    create_envelope,
    make_request,
    parse_response,
)

UID2_SOURCE = "uidapi.com"


class NoUser(Exception):
    """The bid request names no user who may be targeted; the message says why."""


def uid2_token(bid_request):
    """The token in an OpenRTB bid request, or None."""
    for eid in bid_request.get("user", {}).get("eids", []):
        if eid["source"] == UID2_SOURCE and eid["uids"]:
            return eid["uids"][0]["id"]
    return None


def publisher_of(bid_request):
    """The domain or the app that the SDK compares with those of the site which a token of a browser or app comes from."""
    return bid_request["app"]["bundle"] if "app" in bid_request else bid_request["site"]["domain"]


class Dsp:
    def __init__(self, base_url, key, secret):
        self._operator = base_url, key, base64.b64decode(secret)
        self._client = BidstreamClient(base_url, key, secret)
        self._opted_out = set()

    def refresh_keys(self):
        """Fetches the keys that open tokens. Do it at the start and then every hour, beside the bidding."""
        answer = self._client.refresh()
        if not answer.success:
            raise RuntimeError(f"no keys: {answer.reason}")

    def raw_uid(self, bid_request):
        """The raw UID of the user. Raises NoUser. It asks nobody, so it is fast enough for an auction."""
        token = uid2_token(bid_request)
        if token is None:
            raise NoUser("no UID2 token")
        try:
            opened = self._client.decrypt_token_into_raw_uid(token, publisher_of(bid_request))
        except EncryptionError as error:  # what is no token, or was altered on its way
            raise NoUser(str(error)) from error
        if opened.status != DecryptionStatus.SUCCESS:
            raise NoUser(opened.status.value)
        if opened.uid in self._opted_out:
            raise NoUser("opted out")
        return opened.uid

    def check_opt_outs(self, raw_uids):
        """Asks which of the known users have opted out: a token that they got before can still be opened."""
        base_url, key, secret = self._operator
        envelope = create_envelope(
            secret, datetime.now(timezone.utc), json.dumps({"advertising_ids": list(raw_uids)}).encode()
        )
        answer = make_request(base_url, "/v2/optout/status", auth_headers(key), envelope)
        body = json.loads(parse_response(secret, answer, envelope.nonce))["body"]
        self._opted_out.update(each["advertising_id"] for each in body["opted_out"])


def main():
    """Reads a bid request a line from standard input and prints whom it is for."""
    try:
        key, secret = os.environ["UID2_API_KEY"], os.environ["UID2_CLIENT_SECRET"]
    except KeyError as missing:
        sys.exit(f"Set {missing} to what `npx uid2-mock-operator start` prints for Example DSP.")
    dsp = Dsp(os.environ.get("UID2_BASE_URL", "http://127.0.0.1:8432"), key, secret)
    dsp.refresh_keys()
    for line in sys.stdin:
        try:
            print(dsp.raw_uid(json.loads(line)))
        except NoUser as reason:
            print(f"no user: {reason}")


if __name__ == "__main__":
    main()
