package sdkchecks;

import static sdkchecks.Checking.expect;
import static sdkchecks.Checking.expectDifferent;
import static sdkchecks.Participants.EMAIL;
import static sdkchecks.Participants.OPTED_OUT;
import static sdkchecks.Participants.OPTED_OUT_PHONE;
import static sdkchecks.Participants.PHONE;
import static sdkchecks.Participants.sha256;

import com.uid2.client.IdentityTokens;
import com.uid2.client.IdentityType;
import com.uid2.client.TokenGenerateInput;
import com.uid2.client.TokenGenerateResponse;
import com.uid2.client.TokenRefreshResponse;
import java.util.List;

/** Tokens: generated from every kind of identifier, refreshed, ended by an opt-out. */
final class TokenChecks {
    private final Participants world;

    TokenChecks(Participants world) {
        this.world = world;
    }

    void register(Checking checks) {
        checks.add("generate-email", () -> {
            IdentityTokens tokens = world.generate(TokenGenerateInput.fromEmail(EMAIL));
            world.expectInBidstream(tokens, world.rawUid(EMAIL), IdentityType.Email);
        });
        checks.add("generate-phone", () -> {
            IdentityTokens tokens = world.generate(TokenGenerateInput.fromPhone(PHONE));
            world.expectInBidstream(tokens, world.rawUidOfPhone(PHONE), IdentityType.Phone);
        });
        checks.add("generate-email-hash", () -> {
            IdentityTokens tokens = world.generate(TokenGenerateInput.fromHashedEmail(sha256(EMAIL)));
            world.expectInBidstream(tokens, world.rawUid(EMAIL), IdentityType.Email);
        });
        checks.add("generate-phone-hash", () -> {
            IdentityTokens tokens = world.generate(TokenGenerateInput.fromHashedPhone(sha256(PHONE)));
            world.expectInBidstream(tokens, world.rawUidOfPhone(PHONE), IdentityType.Phone);
        });
        checks.add("generate-twice-gives-different-tokens", this::generateTwice);
        checks.add("generate-opted-out", this::generateOptedOut);
        checks.add("refresh", this::refresh);
        checks.add("refresh-opted-out", this::refreshOptedOut);
        checks.add("identity-survives-storage", this::identitySurvivesStorage);
    }

    private void generateTwice() {
        IdentityTokens first = world.generate(TokenGenerateInput.fromEmail(EMAIL));
        IdentityTokens second = world.generate(TokenGenerateInput.fromEmail(EMAIL));
        expectDifferent("advertising tokens", first.getAdvertisingToken(), second.getAdvertisingToken());
        expectDifferent("refresh tokens", first.getRefreshToken(), second.getRefreshToken());
    }

    private void generateOptedOut() throws Exception {
        List<TokenGenerateInput> inputs = List.of(
            TokenGenerateInput.fromEmail(OPTED_OUT),
            TokenGenerateInput.fromHashedEmail(sha256(OPTED_OUT)),
            TokenGenerateInput.fromPhone(OPTED_OUT_PHONE),
            TokenGenerateInput.fromEmail("local-mock-optout@example.com"));
        for (TokenGenerateInput input : inputs) {
            TokenGenerateResponse response = world.publisher().generateTokenResponse(input);
            expect("opted out", response.isOptout(), true);
            expect("identity", response.getIdentity(), null);
        }
        Checking.expectSdkError("com.uid2.client.Uid2Exception", "optout",
            () -> world.publisher().generateToken(TokenGenerateInput.fromEmail(OPTED_OUT)));
    }

    private void refresh() {
        IdentityTokens before = world.generate(TokenGenerateInput.fromEmail(EMAIL));
        for (int round = 0; round < 3; round++) {
            TokenRefreshResponse response = world.publisher().refreshToken(before);
            expect("refresh succeeds", response.isSuccess(), true);
            IdentityTokens after = response.getIdentity();
            expectDifferent("advertising tokens", before.getAdvertisingToken(), after.getAdvertisingToken());
            expectDifferent("refresh tokens", before.getRefreshToken(), after.getRefreshToken());
            world.expectInBidstream(after, world.rawUid(EMAIL), IdentityType.Email);
            before = after;
        }
    }

    private void refreshOptedOut() {
        IdentityTokens tokens = world.generate(TokenGenerateInput.fromEmail("refresh-optout@example.com"));
        TokenRefreshResponse response = world.publisher().refreshToken(tokens);
        expect("opted out", response.isOptout(), true);
        expect("identity", response.getIdentity(), null);
    }

    private void identitySurvivesStorage() {
        String stored = world.generate(TokenGenerateInput.fromEmail(EMAIL)).getJsonString();
        IdentityTokens restored = IdentityTokens.fromJsonString(stored);
        expect("refresh succeeds", world.publisher().refreshToken(restored).isSuccess(), true);
    }
}
