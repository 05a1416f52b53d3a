package sdkchecks;

import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** A registry of named checks, and their assertions. */
final class Checking {
    interface Check {
        void run() throws Exception;
    }

    private static final int LONGEST_PLAIN_TEXT = 60;

    private final Map<String, Check> checks = new LinkedHashMap<>();

    void add(String name, Check check) {
        if (checks.put(name, check) != null) {
            throw new IllegalStateException("two checks are named " + name);
        }
    }

    /** Runs every check and prints {"name", "ok", "detail"} of each on a line; a token in a detail is masked. */
    void runAll() {
        checks.forEach((name, check) -> {
            JsonObject report = new JsonObject();
            report.addProperty("name", name);
            try {
                check.run();
                report.addProperty("ok", true);
                report.addProperty("detail", "");
            } catch (Exception | AssertionError failure) {
                report.addProperty("ok", false);
                report.addProperty("detail", masked(failure.getClass().getSimpleName() + ": " + failure.getMessage()));
            }
            System.out.println(report);
        });
    }

    static void expect(String what, Object actual, Object expected) {
        if (!Objects.equals(actual, expected)) {
            throw new AssertionError(what + ": expected " + expected + ", got " + actual);
        }
    }

    static void expectDifferent(String what, Object first, Object second) {
        if (Objects.equals(first, second)) {
            throw new AssertionError(what + ": expected two different values, got the same one twice");
        }
    }

    /** The SDK's own exception class is not public, so it is recognised by name. */
    static void expectSdkError(String className, String message, Check call) throws Exception {
        try {
            call.run();
        } catch (Exception error) {
            expect("class of the error", error.getClass().getName(), className);
            if (!error.getMessage().contains(message)) {
                throw new AssertionError("error message: expected one with " + message + ", got " + error.getMessage());
            }
            return;
        }
        throw new AssertionError("expected " + className + ", got an answer");
    }

    private static String masked(String detail) {
        return detail.replaceAll("[A-Za-z0-9+/=_-]{" + LONGEST_PLAIN_TEXT + ",}", "<long text>");
    }
}
