package sdkchecks;

import static sdkchecks.Checking.expect;
import static sdkchecks.Checking.expectSdkError;
import static sdkchecks.Participants.EMAIL;
import static sdkchecks.Participants.WRONG_SECRET;

import com.uid2.client.BidstreamClient;
import com.uid2.client.DecryptionStatus;
import com.uid2.client.IdentityMapClient;
import com.uid2.client.IdentityMapInput;
import com.uid2.client.IdentityMapV3Client;
import com.uid2.client.IdentityMapV3Input;
import com.uid2.client.SharingClient;
import com.uid2.client.TokenGenerateInput;
import com.uid2.client.UID2ClientFactory;
import java.util.List;
import sdkchecks.Participants.Participant;

/** What an integrator sees when a secret, a key or a role is wrong. */
final class RefusalChecks {
    private static final String SDK_ERROR = "com.uid2.client.Uid2Exception";
    private static final String OLD_CLIENT_ERROR = "com.uid2.client.UID2ClientException";

    private final Participants world;

    RefusalChecks(Participants world) {
        this.world = world;
    }

    void register(Checking checks) {
        checks.add("wrong-secret-at-generate", () -> {
            Participant wrong = world.named("Example Publisher").withSecret(WRONG_SECRET);
            expectSdkError(SDK_ERROR, "400", () -> world.publisher(wrong).generateToken(TokenGenerateInput.fromEmail(EMAIL)));
        });
        checks.add("wrong-secret-at-identity-map", this::wrongSecretAtIdentityMap);
        checks.add("wrong-secret-at-keys", this::wrongSecretAtKeys);
        checks.add("unknown-key-and-missing-role-are-unauthorized", this::unauthorized);
    }

    private void wrongSecretAtIdentityMap() throws Exception {
        String key = world.named("Example Advertiser").key;
        expectSdkError(SDK_ERROR, "400", () -> new IdentityMapClient(world.url, key, WRONG_SECRET)
            .generateIdentityMap(IdentityMapInput.fromEmails(List.of(EMAIL))));
        expectSdkError(SDK_ERROR, "400", () -> new IdentityMapV3Client(world.url, key, WRONG_SECRET)
            .generateIdentityMap(IdentityMapV3Input.fromEmails(List.of(EMAIL))));
    }

    private void wrongSecretAtKeys() throws Exception {
        BidstreamClient dsp = new BidstreamClient(world.url, world.named("Example DSP").key, WRONG_SECRET);
        expect("the DSP's keys refreshed", dsp.refresh().isSuccess(), false);
        SharingClient sharer = new SharingClient(world.url, world.named("Example Sharer").key, WRONG_SECRET);
        expect("the sharer's keys refreshed", sharer.refresh().isSuccess(), false);
        DecryptionStatus status = sharer.decryptTokenIntoRawUid("any token").getStatus();
        expect("status without keys", status, DecryptionStatus.NOT_INITIALIZED);
        String key = world.named("Example Sharer").key;
        expectSdkError(OLD_CLIENT_ERROR, "400", () -> UID2ClientFactory.create(world.url, key, WRONG_SECRET).refresh());
    }

    private void unauthorized() throws Exception {
        TokenGenerateInput email = TokenGenerateInput.fromEmail(EMAIL);
        Participant publisher = world.named("Example Publisher");
        Participant unknown = publisher.withKey(publisher.key + "x");
        expectSdkError(SDK_ERROR, "401", () -> world.publisher(unknown).generateToken(email));
        expectSdkError(SDK_ERROR, "401", () -> world.publisher(world.named("Example DSP")).generateToken(email));
        expectSdkError(OLD_CLIENT_ERROR, "401", () -> UID2ClientFactory.create(world.url, unknown.key, publisher.secret).refresh());
    }
}
