package sdkchecks;

import static sdkchecks.Checking.expect;
import static sdkchecks.Participants.EMAIL;
import static sdkchecks.Participants.PHONE;
import static sdkchecks.Participants.expectDecrypted;

import com.uid2.client.DecryptionResponse;
import com.uid2.client.DecryptionStatus;
import com.uid2.client.EncryptionDataResponse;
import com.uid2.client.EncryptionStatus;
import com.uid2.client.IdentityTokens;
import com.uid2.client.IdentityType;
import com.uid2.client.SharingClient;
import com.uid2.client.TokenGenerateInput;
import java.time.Instant;
import java.util.List;
import sdkchecks.Participants.Participant;

/** A token is readable for the DSP, the owner of its key and the sharers of this key, and for no other client. */
final class DecryptionChecks {
    private static final String READ_BY_DSP = "bidstream@example.com";

    private final Participants world;

    DecryptionChecks(Participants world) {
        this.world = world;
    }

    void register(Checking checks) {
        checks.add("bidstream-decrypts-a-fresh-token", this::bidstream);
        checks.add("sharing-decrypts-a-fresh-token", this::sharing);
        checks.add("sharing-reaches-the-second-sharer", this::secondSharer);
        checks.add("sharing-does-not-reach-the-isolated-sharer", this::isolatedSharer);
        checks.add("isolated-sharer-cannot-read-publisher-tokens", () -> {
            IdentityTokens tokens = world.generate(TokenGenerateInput.fromEmail(EMAIL));
            expectUnreadable(world.named("Isolated Sharer"), tokens.getAdvertisingToken());
        });
    }

    private void bidstream() {
        IdentityTokens tokens = world.generate(TokenGenerateInput.fromEmail(READ_BY_DSP));
        DecryptionResponse decrypted = world.dsp().decryptTokenIntoRawUid(tokens.getAdvertisingToken(), "example.com");
        int siteId = world.named("Example Publisher").siteId;
        expectDecrypted(decrypted, world.rawUid(READ_BY_DSP), siteId, IdentityType.Email);
        expect("client-side generated", decrypted.getIsClientSideGenerated(), false);
        expect("the token expires later", decrypted.getExpiry().isAfter(Instant.now()), true);
    }

    private void sharing() {
        Participant owner = world.everything();
        IdentityTokens tokens = world.publisher(owner).generateToken(TokenGenerateInput.fromPhone(PHONE));
        DecryptionResponse decrypted = world.sharer(owner).decryptTokenIntoRawUid(tokens.getAdvertisingToken());
        expectDecrypted(decrypted, world.rawUidOfPhone(PHONE), owner.siteId, IdentityType.Phone);
    }

    private void secondSharer() {
        Participant first = world.everything();
        Participant second = world.named("Example Sharer");
        for (List<Participant> pair : List.of(List.of(first, second), List.of(second, first))) {
            String token = encrypted(world.sharer(pair.get(0)));
            DecryptionResponse decrypted = world.sharer(pair.get(1)).decryptTokenIntoRawUid(token);
            expectDecrypted(decrypted, world.rawUid(EMAIL), pair.get(0).siteId, IdentityType.Email);
        }
    }

    private void isolatedSharer() {
        Participant isolated = world.named("Isolated Sharer");
        expectUnreadable(isolated, encrypted(world.sharer(world.everything())));
        String own = encrypted(world.sharer(isolated));
        expectUnreadable(world.everything(), own);
        expectUnreadable(world.named("Example Sharer"), own);
    }

    private String encrypted(SharingClient sender) {
        EncryptionDataResponse response = sender.encryptRawUidIntoToken(world.rawUid(EMAIL));
        expect("encryption status", response.getStatus(), EncryptionStatus.SUCCESS);
        return response.getEncryptedData();
    }

    private void expectUnreadable(Participant reader, String token) {
        DecryptionResponse decrypted = world.sharer(reader).decryptTokenIntoRawUid(token);
        expect("decryption status", decrypted.getStatus(), DecryptionStatus.NOT_AUTHORIZED_FOR_KEY);
        expect("raw UID", decrypted.getUid(), null);
    }
}
