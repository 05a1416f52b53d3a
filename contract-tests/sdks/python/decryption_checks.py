"""A token is readable for the DSP, the owner of its key and the sharers of this key, and for no other client."""

from checking import check, expect
from participants import (
    EMAIL,
    PHONE,
    client,
    credential,
    dsp,
    everything,
    expect_decrypted,
    generate,
    raw_uid,
    raw_uid_of_phone,
    refreshed,
)
from uid2_client import (
    DecryptionStatus,
    IdentityType,
    SharingClient,
    TokenGenerateInput,
    Uid2PublisherClient,
)


@check
def bidstream_decrypts_a_fresh_token():
    tokens = generate(TokenGenerateInput.from_email("bidstream@example.com"))
    decrypted = dsp().decrypt_token_into_raw_uid(tokens.get_advertising_token(), "example.com")
    site_id = credential("Example Publisher")["site_id"]
    expect_decrypted(decrypted, raw_uid("bidstream@example.com"), site_id, IdentityType.Email)
    expect("client-side generated", decrypted.is_client_side_generated, False)
    expires_ms = round(decrypted.expiry.timestamp() * 1000)
    expect("expiry in the token", expires_ms, tokens.get_identity_expires())


@check
def sharing_decrypts_a_fresh_token():
    owner = everything()
    response = client(Uid2PublisherClient, owner).generate_token(TokenGenerateInput.from_phone(PHONE))
    sharer = refreshed(SharingClient, owner)
    decrypted = sharer.decrypt_token_into_raw_uid(response.get_identity().get_advertising_token())
    expect_decrypted(decrypted, raw_uid_of_phone(PHONE), owner["site_id"], IdentityType.Phone)


@check
def sharing_reaches_the_second_sharer():
    both = [everything(), credential("Example Sharer")]
    uid = raw_uid(EMAIL)
    for sender, receiver in (both, reversed(both)):
        encrypted = refreshed(SharingClient, sender).encrypt_raw_uid_into_token(uid)
        expect("encryption status", encrypted.status.value, "success")
        decrypted = refreshed(SharingClient, receiver).decrypt_token_into_raw_uid(encrypted.encrypted_data)
        expect_decrypted(decrypted, uid, sender["site_id"], IdentityType.Email)


@check
def sharing_does_not_reach_the_isolated_sharer():
    isolated = refreshed(SharingClient, credential("Isolated Sharer"))
    uid = raw_uid(EMAIL)
    encrypted = refreshed(SharingClient, everything()).encrypt_raw_uid_into_token(uid)
    decrypted = isolated.decrypt_token_into_raw_uid(encrypted.encrypted_data)
    expect("decryption status", decrypted.status, DecryptionStatus.NOT_AUTHORIZED_FOR_KEY)
    expect("raw UID", decrypted.uid, None)
    own = isolated.encrypt_raw_uid_into_token(uid)
    for outsider in (everything(), credential("Example Sharer")):
        decrypted = refreshed(SharingClient, outsider).decrypt_token_into_raw_uid(own.encrypted_data)
        expect("decryption status", decrypted.status, DecryptionStatus.NOT_AUTHORIZED_FOR_KEY)


@check
def isolated_sharer_cannot_read_publisher_tokens():
    token = generate(TokenGenerateInput.from_email(EMAIL)).get_advertising_token()
    decrypted = refreshed(SharingClient, credential("Isolated Sharer")).decrypt_token_into_raw_uid(token)
    expect("decryption status", decrypted.status, DecryptionStatus.NOT_AUTHORIZED_FOR_KEY)
