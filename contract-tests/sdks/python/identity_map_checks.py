"""Identity map v2 and v3, and salt buckets."""

from datetime import datetime, timezone

from checking import check, expect
from participants import (
    EMAIL,
    OPTED_OUT,
    OPTED_OUT_PHONE,
    PHONE,
    client,
    credential,
    map_v2,
    map_v3,
    raw_uid,
    raw_uid_of_phone,
    sha256,
)
from uid2_client import (
    IdentityMapClient,
    IdentityMapInput,
    IdentityMapV3Input,
    UnmappedIdentityReason,
)


@check
def identity_map_v2_emails():
    response = map_v2(IdentityMapInput.from_emails([EMAIL, OPTED_OUT, "SDK.check@EXAMPLE.com"]))
    expect("mapped", sorted(response.mapped_identities), sorted([EMAIL, "SDK.check@EXAMPLE.com"]))
    expect("unmapped", {key: each.get_reason() for key, each in response.unmapped_identities.items()}, {OPTED_OUT: "optout"})
    mapped = response.mapped_identities[EMAIL]
    expect("length of the raw UID", len(mapped.get_raw_uid()), 44)
    expect("bucket is named", bool(mapped.get_bucket_id()), True)


@check
def identity_map_v2_phones():
    response = map_v2(IdentityMapInput.from_phones([PHONE, OPTED_OUT_PHONE]))
    expect("mapped", list(response.mapped_identities), [PHONE])
    expect("unmapped", {key: each.get_reason() for key, each in response.unmapped_identities.items()}, {OPTED_OUT_PHONE: "optout"})


@check
def identity_map_v2_hashes():
    response = map_v2(IdentityMapInput.from_hashed_emails([sha256(EMAIL), "not a hash"]))
    expect("raw UID", response.mapped_identities[sha256(EMAIL)].get_raw_uid(), raw_uid(EMAIL))
    expect("reason", response.unmapped_identities["not a hash"].get_reason(), "invalid identifier")
    response = map_v2(IdentityMapInput.from_hashed_phones([sha256(PHONE)]))
    expect("raw UID of a phone", response.mapped_identities[sha256(PHONE)].get_raw_uid(), raw_uid_of_phone(PHONE))


@check
def identity_buckets():
    buckets = client(IdentityMapClient, credential("Example Advertiser"))
    long_ago = buckets.get_identity_buckets(datetime(2000, 1, 1, tzinfo=timezone.utc))
    expect("status", long_ago.status, "success")
    bucket = map_v2(IdentityMapInput.from_emails([EMAIL])).mapped_identities[EMAIL].get_bucket_id()
    expect("the address's bucket is listed", bucket in [each.get_bucket_id() for each in long_ago.buckets], True)
    far_ahead = buckets.get_identity_buckets(datetime(2999, 1, 1, tzinfo=timezone.utc))
    expect("buckets changed after the year 2999", far_ahead.buckets, [])


@check
def identity_map_v3_mixed():
    mixed = IdentityMapV3Input().with_emails([EMAIL, OPTED_OUT]).with_phones([PHONE, OPTED_OUT_PHONE])
    response = map_v3(mixed.with_hashed_emails([sha256("other@example.com"), "not a hash"]))
    mapped = response.mapped_identities
    expect("mapped", sorted(mapped), sorted([EMAIL, PHONE, sha256("other@example.com")]))
    expect("raw UID of the email", mapped[EMAIL].current_raw_uid, raw_uid(EMAIL))
    expect("raw UID of the phone", mapped[PHONE].current_raw_uid, raw_uid_of_phone(PHONE))
    expect("raw UID of the hash", mapped[sha256("other@example.com")].current_raw_uid, raw_uid("other@example.com"))
    expect("refresh_from is ahead", mapped[EMAIL].refresh_from > datetime.now(tz=timezone.utc), True)
    reasons = {key: each.reason for key, each in response.unmapped_identities.items()}
    invalid, optout = UnmappedIdentityReason.INVALID_IDENTIFIER, UnmappedIdentityReason.OPTOUT
    expect("unmapped", reasons, {OPTED_OUT: optout, OPTED_OUT_PHONE: optout, "not a hash": invalid})


@check
def identity_map_v3_many():
    emails = [f"sdk.check+{number}@example.com" for number in range(2500)]
    response = map_v3(IdentityMapV3Input.from_emails(emails))
    expect("mapped", len(response.mapped_identities), len(emails))
    expect("distinct raw UIDs", len({each.current_raw_uid for each in response.mapped_identities.values()}), len(emails))
