package sdkchecks;

import static sdkchecks.Checking.expect;
import static sdkchecks.Participants.EMAIL;
import static sdkchecks.Participants.OPTED_OUT;
import static sdkchecks.Participants.OPTED_OUT_PHONE;
import static sdkchecks.Participants.PHONE;
import static sdkchecks.Participants.sha256;

import com.uid2.client.IdentityMapInput;
import com.uid2.client.IdentityMapResponse;
import com.uid2.client.IdentityMapV3Input;
import com.uid2.client.IdentityMapV3Response;
import com.uid2.client.UnmappedIdentityReason;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Identity map v2 and v3. */
final class IdentityMapChecks {
    private static final String OTHER = "other@example.com";

    private final Participants world;

    IdentityMapChecks(Participants world) {
        this.world = world;
    }

    void register(Checking checks) {
        checks.add("identity-map-v2-emails", this::emails);
        checks.add("identity-map-v2-phones", this::phones);
        checks.add("identity-map-v2-hashes", this::hashes);
        checks.add("identity-map-v3-mixed", this::mixed);
        checks.add("identity-map-v3-many", this::many);
    }

    private void emails() {
        String otherSpelling = "SDK.check@EXAMPLE.com";
        IdentityMapResponse response = world.mapV2(IdentityMapInput.fromEmails(List.of(EMAIL, OPTED_OUT, otherSpelling)));
        expect("mapped", response.getMappedIdentities().keySet(), Set.of(EMAIL, otherSpelling));
        expect("unmapped", response.getUnmappedIdentities().keySet(), Set.of(OPTED_OUT));
        expect("reason", response.getUnmappedIdentities().get(OPTED_OUT).getReason(), "optout");
        IdentityMapResponse.MappedIdentity mapped = response.getMappedIdentities().get(EMAIL);
        expect("length of the raw UID", mapped.getRawUid().length(), 44);
        expect("the bucket has no name", mapped.getBucketId().isEmpty(), false);
    }

    private void phones() {
        IdentityMapResponse response = world.mapV2(IdentityMapInput.fromPhones(List.of(PHONE, OPTED_OUT_PHONE)));
        expect("mapped", response.getMappedIdentities().keySet(), Set.of(PHONE));
        expect("reason", response.getUnmappedIdentities().get(OPTED_OUT_PHONE).getReason(), "optout");
    }

    private void hashes() throws Exception {
        IdentityMapInput emailHashes = IdentityMapInput.fromHashedEmails(List.of(sha256(EMAIL), "not a hash"));
        IdentityMapResponse response = world.mapV2(emailHashes);
        expect("raw UID", response.getMappedIdentities().get(sha256(EMAIL)).getRawUid(), world.rawUid(EMAIL));
        expect("reason", response.getUnmappedIdentities().get("not a hash").getReason(), "invalid identifier");
        response = world.mapV2(IdentityMapInput.fromHashedPhones(List.of(sha256(PHONE))));
        String rawUid = response.getMappedIdentities().get(sha256(PHONE)).getRawUid();
        expect("raw UID of a phone", rawUid, world.rawUidOfPhone(PHONE));
    }

    private void mixed() throws Exception {
        IdentityMapV3Response response = world.mapV3(new IdentityMapV3Input()
            .withEmails(List.of(EMAIL, OPTED_OUT))
            .withPhones(List.of(PHONE, OPTED_OUT_PHONE))
            .withHashedEmails(List.of(sha256(OTHER), "not a hash")));
        Map<String, IdentityMapV3Response.MappedIdentity> mapped = response.getMappedIdentities();
        expect("mapped", mapped.keySet(), Set.of(EMAIL, PHONE, sha256(OTHER)));
        expect("raw UID of the email", mapped.get(EMAIL).getCurrentRawUid(), world.rawUid(EMAIL));
        expect("raw UID of the phone", mapped.get(PHONE).getCurrentRawUid(), world.rawUidOfPhone(PHONE));
        expect("raw UID of the hash", mapped.get(sha256(OTHER)).getCurrentRawUid(), world.rawUid(OTHER));
        expect("refresh_from is ahead", mapped.get(EMAIL).getRefreshFrom().isAfter(Instant.now()), true);
        Map<String, UnmappedIdentityReason> reasons = response.getUnmappedIdentities().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().getReason()));
        expect("unmapped", reasons, Map.of(
            OPTED_OUT, UnmappedIdentityReason.OPTOUT,
            OPTED_OUT_PHONE, UnmappedIdentityReason.OPTOUT,
            "not a hash", UnmappedIdentityReason.INVALID_IDENTIFIER));
    }

    private void many() {
        List<String> emails = IntStream.range(0, 2500)
            .mapToObj(number -> "sdk.check+" + number + "@example.com")
            .collect(Collectors.toList());
        IdentityMapV3Response response = world.mapV3(IdentityMapV3Input.fromEmails(emails));
        long distinct = response.getMappedIdentities().values().stream()
            .map(IdentityMapV3Response.MappedIdentity::getCurrentRawUid)
            .distinct()
            .count();
        expect("distinct raw UIDs", distinct, (long) emails.size());
    }
}
