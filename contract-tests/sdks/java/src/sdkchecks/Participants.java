package sdkchecks;

import static sdkchecks.Checking.expect;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.uid2.client.BidstreamClient;
import com.uid2.client.DecryptionResponse;
import com.uid2.client.DecryptionStatus;
import com.uid2.client.IdentityMapClient;
import com.uid2.client.IdentityMapInput;
import com.uid2.client.IdentityMapResponse;
import com.uid2.client.IdentityMapV3Client;
import com.uid2.client.IdentityMapV3Input;
import com.uid2.client.IdentityMapV3Response;
import com.uid2.client.IdentityTokens;
import com.uid2.client.IdentityType;
import com.uid2.client.PublisherUid2Client;
import com.uid2.client.RefreshResponse;
import com.uid2.client.SharingClient;
import com.uid2.client.TokenGenerateInput;
import com.uid2.client.TokenGenerateResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;

/** The operator under test: the participants of its world, and the SDK's clients for them. */
final class Participants {
    static final String EMAIL = "sdk.check@example.com";
    static final String PHONE = "+12065550123";
    static final String OPTED_OUT = "optout@example.com";
    static final String OPTED_OUT_PHONE = "+00000000000";
    static final String WRONG_SECRET = Base64.getEncoder().encodeToString(new byte[32]);

    /** One credential of the operator's world. */
    static final class Participant {
        final String key;
        final String secret;
        final int siteId;

        Participant(String key, String secret, int siteId) {
            this.key = key;
            this.secret = secret;
            this.siteId = siteId;
        }

        Participant withSecret(String other) {
            return new Participant(key, other, siteId);
        }

        Participant withKey(String other) {
            return new Participant(other, secret, siteId);
        }
    }

    final String url;
    private final JsonObject operator;

    Participants(JsonObject operator) {
        this.operator = operator;
        this.url = operator.get("url").getAsString();
    }

    /** The first credential, which has every role. */
    Participant everything() {
        return participant(operator.getAsJsonArray("credentials").get(0).getAsJsonObject());
    }

    Participant named(String name) {
        for (JsonElement credential : operator.getAsJsonArray("credentials")) {
            if (credential.getAsJsonObject().get("name").getAsString().equals(name)) {
                return participant(credential.getAsJsonObject());
            }
        }
        throw new AssertionError("a credential named " + name + ": expected one, got none");
    }

    PublisherUid2Client publisher() {
        return publisher(named("Example Publisher"));
    }

    PublisherUid2Client publisher(Participant owner) {
        return new PublisherUid2Client(url, owner.key, owner.secret);
    }

    IdentityTokens generate(TokenGenerateInput input) {
        TokenGenerateResponse response = publisher().generateTokenResponse(input);
        expect("generate succeeds", response.isSuccess(), true);
        IdentityTokens tokens = response.getIdentity();
        expect("the identity can be refreshed", tokens.isRefreshable(), true);
        expect("a fresh identity is due for refresh", tokens.isDueForRefresh(), false);
        expect("length of the refresh token", tokens.getRefreshToken().length(), 388);
        return tokens;
    }

    BidstreamClient dsp() {
        Participant owner = named("Example DSP");
        BidstreamClient client = new BidstreamClient(url, owner.key, owner.secret);
        expectRefreshed(client.refresh());
        return client;
    }

    SharingClient sharer(Participant owner) {
        SharingClient client = new SharingClient(url, owner.key, owner.secret);
        expectRefreshed(client.refresh());
        return client;
    }

    IdentityMapResponse mapV2(IdentityMapInput input) {
        Participant owner = named("Example Advertiser");
        return new IdentityMapClient(url, owner.key, owner.secret).generateIdentityMap(input);
    }

    IdentityMapV3Response mapV3(IdentityMapV3Input input) {
        Participant owner = named("Example Advertiser");
        return new IdentityMapV3Client(url, owner.key, owner.secret).generateIdentityMap(input);
    }

    String rawUid(String email) {
        return mapV2(IdentityMapInput.fromEmails(List.of(email))).getMappedIdentities().get(email).getRawUid();
    }

    String rawUidOfPhone(String phone) {
        return mapV2(IdentityMapInput.fromPhones(List.of(phone))).getMappedIdentities().get(phone).getRawUid();
    }

    /** The publisher's token, read by the DSP, holds the raw UID that identity map gives and the publisher's site. */
    void expectInBidstream(IdentityTokens tokens, String rawUid, IdentityType type) {
        DecryptionResponse decrypted = dsp().decryptTokenIntoRawUid(tokens.getAdvertisingToken(), "example.com");
        expectDecrypted(decrypted, rawUid, named("Example Publisher").siteId, type);
    }

    static void expectDecrypted(DecryptionResponse decrypted, String rawUid, int siteId, IdentityType type) {
        expect("decryption status", decrypted.getStatus(), DecryptionStatus.SUCCESS);
        expect("raw UID", decrypted.getUid(), rawUid);
        expect("site", decrypted.getSiteId(), siteId);
        expect("identity type", decrypted.getIdentityType(), type);
    }

    static String sha256(String text) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return Base64.getEncoder().encodeToString(hash);
    }

    private static void expectRefreshed(RefreshResponse response) {
        if (!response.isSuccess()) {
            throw new AssertionError("refresh of the keys: expected success, got " + response.getReason());
        }
    }

    private static Participant participant(JsonObject credential) {
        String key = credential.get("key").getAsString();
        String secret = credential.get("secret").getAsString();
        return new Participant(key, secret, credential.get("site_id").getAsInt());
    }
}
