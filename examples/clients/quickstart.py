from uid2_client import BidstreamClient, IdentityMapV3Client, IdentityMapV3Input, TokenGenerateInput, Uid2PublisherClient

MOCK = "http://127.0.0.1:8432"

publisher = Uid2PublisherClient(
    MOCK,
    "UID2-C-L-1002-gbAkWx.ha7OvXcf0OXzZ215Hc2P9M54d+5oQLkN9l/UI=",
    "7AQa4WCXXflikCMZNfqJhfxXU4u8sLfP05RjbjCTYVI=",
)
generated = publisher.generate_token(TokenGenerateInput.from_email("jane@example.com"))
print("generate:", generated.status)
refreshed = publisher.refresh_token(generated.get_identity())
print("refresh:", refreshed.status)

advertiser = IdentityMapV3Client(
    MOCK,
    "UID2-C-L-1005-8v3ZBS.W21DN+psK8TpkFpGINvNmxr/78BGHIuDkc5AQ=",
    "CBXh9fW5fYgbuKyQ+y3kcjjx0MtupUFAEMp8h2jFhgc=",
)
mapped = advertiser.generate_identity_map(IdentityMapV3Input.from_emails(["jane@example.com"]))
raw_uid = mapped.mapped_identities["jane@example.com"].current_raw_uid

dsp = BidstreamClient(
    MOCK,
    "UID2-C-L-1003-FBGjWH.xESPHyJelRdvjY/nEsla5yZbxeNlPtyyfT+bw=",
    "I7ksZlBlKfy/pZVeLbkM9MVNvVbx/GxBYFFnC0CVSm8=",
)
dsp.refresh()
opened = dsp.decrypt_token_into_raw_uid(refreshed.get_identity().get_advertising_token(), "example.com")
print("decrypt:", opened.status.value)
print("the DSP has the advertiser's raw UID:", opened.uid == raw_uid)
