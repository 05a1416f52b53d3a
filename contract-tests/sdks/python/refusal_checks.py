"""What an integrator sees when a secret, a key or a role is wrong."""

from checking import check, expect, expect_http_error
from participants import (
    EMAIL,
    WRONG_SECRET,
    client,
    credential,
    operator,
)
from uid2_client import (
    BidstreamClient,
    DecryptionStatus,
    IdentityMapClient,
    IdentityMapInput,
    IdentityMapV3Client,
    IdentityMapV3Input,
    SharingClient,
    TokenGenerateInput,
    Uid2ClientFactory,
    Uid2PublisherClient,
)


@check
def wrong_secret_at_generate():
    wrong = client(Uid2PublisherClient, credential("Example Publisher"), secret=WRONG_SECRET)
    expect_http_error(
        lambda: wrong.generate_token(TokenGenerateInput.from_email(EMAIL)),
        400,
        "Invalid body: Check encryption key (ClientSecret)",
    )


@check
def wrong_secret_at_identity_map():
    message = "Invalid body: Check encryption key (ClientSecret)"
    wrong = client(IdentityMapClient, credential("Example Advertiser"), secret=WRONG_SECRET)
    expect_http_error(lambda: wrong.generate_identity_map(IdentityMapInput.from_emails([EMAIL])), 400, message)
    wrong = client(IdentityMapV3Client, credential("Example Advertiser"), secret=WRONG_SECRET)
    expect_http_error(lambda: wrong.generate_identity_map(IdentityMapV3Input.from_emails([EMAIL])), 400, message)


@check
def wrong_secret_at_keys():
    for client_class, owner in ((BidstreamClient, "Example DSP"), (SharingClient, "Example Sharer")):
        reader = client(client_class, credential(owner), secret=WRONG_SECRET)
        expect(f"{client_class.__name__} refreshed its keys", reader.refresh().success, False)
    status = reader.decrypt_token_into_raw_uid("any token").status
    expect("status without keys", status, DecryptionStatus.NOT_INITIALIZED)
    owner = credential("Example Sharer")
    try:
        Uid2ClientFactory.create(operator["url"], owner["key"], WRONG_SECRET).refresh_keys()
    except Exception as error:  # the SDK raises the bare class here
        expect("class of the error", type(error).__name__, "Exception")
    else:
        raise AssertionError("expected refresh_keys to raise, got keys")


@check
def unknown_key_and_missing_role_are_unauthorized():
    email = TokenGenerateInput.from_email(EMAIL)
    owner = credential("Example Publisher")
    unknown = client(Uid2PublisherClient, owner, key=owner["key"] + "x")
    expect_http_error(lambda: unknown.generate_token(email), 401, "unauthorized")
    no_role = client(Uid2PublisherClient, credential("Example DSP"))
    expect_http_error(lambda: no_role.generate_token(email), 401, "unauthorized")
