package sdkchecks;

import com.google.gson.JsonParser;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * Runs the published Java SDK against an operator and reports one JSON line per check.
 *
 * <p>Standard input is the line that {@code uid2-mock start --json} prints: the operator's address and the
 * credentials of its world. Only what the SDK makes public is used.
 */
public final class RunChecks {
    private RunChecks() {}

    public static void main(String[] arguments) {
        InputStreamReader input = new InputStreamReader(System.in, StandardCharsets.UTF_8);
        Participants world = new Participants(JsonParser.parseReader(input).getAsJsonObject());
        Checking checks = new Checking();
        new TokenChecks(world).register(checks);
        new IdentityMapChecks(world).register(checks);
        new DecryptionChecks(world).register(checks);
        new RefusalChecks(world).register(checks);
        checks.runAll();
        // The SDK's HTTP client keeps idle threads alive.
        System.exit(0);
    }
}
