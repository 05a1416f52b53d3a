import com.uid2.client.BidstreamClient;
import com.uid2.client.IdentityMapV3Client;
import com.uid2.client.IdentityMapV3Input;
import com.uid2.client.PublisherUid2Client;
import com.uid2.client.TokenGenerateInput;
import java.util.List;

public class Quickstart {
    static final String MOCK = "http://127.0.0.1:8432";

    public static void main(String[] args) {
        var publisher = new PublisherUid2Client(
                MOCK,
                "UID2-C-L-1002-gbAkWx.ha7OvXcf0OXzZ215Hc2P9M54d+5oQLkN9l/UI=",
                "7AQa4WCXXflikCMZNfqJhfxXU4u8sLfP05RjbjCTYVI=");
        var generated = publisher.generateTokenResponse(TokenGenerateInput.fromEmail("jane@example.com"));
        System.out.println("generate: " + (generated.isSuccess() ? "success" : "no token"));
        var refreshed = publisher.refreshToken(generated.getIdentity());
        System.out.println("refresh: " + (refreshed.isSuccess() ? "success" : "no token"));

        var advertiser = new IdentityMapV3Client(
                MOCK,
                "UID2-C-L-1005-8v3ZBS.W21DN+psK8TpkFpGINvNmxr/78BGHIuDkc5AQ=",
                "CBXh9fW5fYgbuKyQ+y3kcjjx0MtupUFAEMp8h2jFhgc=");
        var mapped = advertiser.generateIdentityMap(IdentityMapV3Input.fromEmails(List.of("jane@example.com")));
        String rawUid = mapped.getMappedIdentities().get("jane@example.com").getCurrentRawUid();

        var dsp = new BidstreamClient(
                MOCK,
                "UID2-C-L-1003-FBGjWH.xESPHyJelRdvjY/nEsla5yZbxeNlPtyyfT+bw=",
                "I7ksZlBlKfy/pZVeLbkM9MVNvVbx/GxBYFFnC0CVSm8=");
        dsp.refresh();
        var opened = dsp.decryptTokenIntoRawUid(refreshed.getIdentity().getAdvertisingToken(), "example.com");
        System.out.println("decrypt: " + (opened.isSuccess() ? "success" : opened.getStatus()));
        System.out.println("the DSP has the advertiser's raw UID: " + rawUid.equals(opened.getUid()));
    }
}
