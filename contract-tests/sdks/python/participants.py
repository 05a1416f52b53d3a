"""The operator under test: the participants of its world, and the SDK's clients for them."""

import base64
import hashlib
import json
import sys
from datetime import datetime, timezone

from checking import expect
from uid2_client import (
    BidstreamClient,
    DecryptionStatus,
    IdentityMapClient,
    IdentityMapInput,
    IdentityMapV3Client,
    IdentityType,
    Uid2PublisherClient,
)

EMAIL = "sdk.check@example.com"
PHONE = "+12065550123"
OPTED_OUT = "optout@example.com"
OPTED_OUT_PHONE = "+00000000000"
WRONG_SECRET = base64.b64encode(bytes(32)).decode()

operator = json.load(sys.stdin)


def credential(name):
    found = [each for each in operator["credentials"] if each["name"] == name]
    if len(found) != 1:
        raise AssertionError(f"credentials named {name!r}: expected 1, got {len(found)}")
    return found[0]


def client(client_class, owner, key=None, secret=None):
    return client_class(operator["url"], key or owner["key"], secret or owner["secret"])


def everything():
    return operator["credentials"][0]


def publisher():
    return client(Uid2PublisherClient, credential("Example Publisher"))


def sha256(text):
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def generate(token_input):
    response = publisher().generate_token(token_input)
    expect("status", response.status, "success")
    tokens = response.get_identity()
    now_ms = datetime.now(tz=timezone.utc).timestamp() * 1000
    moments = [now_ms - 5000, tokens.get_refresh_from(), tokens.get_identity_expires(), tokens.get_refresh_expires()]
    expect("order of now, refresh_from, identity_expires, refresh_expires", moments, sorted(moments))
    expect("length of the refresh token", len(tokens.get_refresh_token()), 388)
    return tokens


def refreshed(client_class, owner):
    reader = client(client_class, owner)
    response = reader.refresh()
    expect("refresh of the keys", (response.success, response.reason), (True, None))
    return reader


def dsp():
    return refreshed(BidstreamClient, credential("Example DSP"))


def map_v2(identity_input):
    return client(IdentityMapClient, credential("Example Advertiser")).generate_identity_map(identity_input)


def map_v3(identity_input):
    return client(IdentityMapV3Client, credential("Example Advertiser")).generate_identity_map(identity_input)


def raw_uid(email):
    return map_v2(IdentityMapInput.from_emails([email])).mapped_identities[email].get_raw_uid()


def raw_uid_of_phone(phone):
    return map_v2(IdentityMapInput.from_phones([phone])).mapped_identities[phone].get_raw_uid()


def expect_decrypted(decrypted, uid, site_id, identity_type):
    expect("decryption status", decrypted.status, DecryptionStatus.SUCCESS)
    expect("raw UID", decrypted.uid, uid)
    expect("site", decrypted.site_id, site_id)
    expect("identity type", decrypted.identity_type, identity_type)


def expect_in_bidstream(token, uid, identity_type=IdentityType.Email):
    decrypted = dsp().decrypt_token_into_raw_uid(token, "example.com")
    expect_decrypted(decrypted, uid, credential("Example Publisher")["site_id"], identity_type)
