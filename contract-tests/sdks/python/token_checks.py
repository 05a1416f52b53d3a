"""Tokens: generated from every kind of identifier, refreshed, ended by an opt-out."""

from checking import check, expect, expect_different
from participants import (
    EMAIL,
    OPTED_OUT,
    OPTED_OUT_PHONE,
    PHONE,
    expect_in_bidstream,
    generate,
    publisher,
    raw_uid,
    raw_uid_of_phone,
    sha256,
)
from uid2_client import (
    IdentityType,
    TokenGenerateInput,
)


@check
def generate_email():
    tokens = generate(TokenGenerateInput.from_email(EMAIL))
    expect_in_bidstream(tokens.get_advertising_token(), raw_uid(EMAIL))


@check
def generate_phone():
    tokens = generate(TokenGenerateInput.from_phone(PHONE))
    expect_in_bidstream(tokens.get_advertising_token(), raw_uid_of_phone(PHONE), IdentityType.Phone)


@check
def generate_email_hash():
    tokens = generate(TokenGenerateInput.from_hashed_email(sha256(EMAIL)))
    expect_in_bidstream(tokens.get_advertising_token(), raw_uid(EMAIL))


@check
def generate_phone_hash():
    tokens = generate(TokenGenerateInput.from_hashed_phone(sha256(PHONE)))
    expect_in_bidstream(tokens.get_advertising_token(), raw_uid_of_phone(PHONE), IdentityType.Phone)


@check
def generate_unhashed_identifiers():
    tokens = generate(TokenGenerateInput.from_email("  SDK.Check@Example.com ").do_not_hash())
    expect_in_bidstream(tokens.get_advertising_token(), raw_uid(EMAIL))
    tokens = generate(TokenGenerateInput.from_phone(PHONE).do_not_hash())
    expect_in_bidstream(tokens.get_advertising_token(), raw_uid_of_phone(PHONE), IdentityType.Phone)


@check
def generate_twice_gives_different_tokens():
    first = generate(TokenGenerateInput.from_email(EMAIL))
    second = generate(TokenGenerateInput.from_email(EMAIL))
    expect_different("advertising tokens", first.get_advertising_token(), second.get_advertising_token())
    expect_different("refresh tokens", first.get_refresh_token(), second.get_refresh_token())


@check
def generate_opted_out():
    for opted_out in (
        TokenGenerateInput.from_email(OPTED_OUT),
        TokenGenerateInput.from_hashed_email(sha256(OPTED_OUT)),
        TokenGenerateInput.from_phone(OPTED_OUT_PHONE),
        TokenGenerateInput.from_email("local-mock-optout@example.com"),
    ):
        response = publisher().generate_token(opted_out)
        expect("is_optout", response.is_optout(), True)
        expect("identity", response.get_identity(), None)


@check
def refresh():
    before = generate(TokenGenerateInput.from_email(EMAIL))
    for _ in range(3):
        response = publisher().refresh_token(before)
        expect("status", response.status, "success")
        after = response.get_identity()
        expect_different("advertising tokens", before.get_advertising_token(), after.get_advertising_token())
        expect_different("refresh tokens", before.get_refresh_token(), after.get_refresh_token())
        expect_in_bidstream(after.get_advertising_token(), raw_uid(EMAIL))
        before = after


@check
def refresh_opted_out():
    tokens = generate(TokenGenerateInput.from_email("refresh-optout@example.com"))
    response = publisher().refresh_token(tokens)
    expect("is_optout", response.is_optout(), True)
    expect("identity", response.get_identity(), None)
