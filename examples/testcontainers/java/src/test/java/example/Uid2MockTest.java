package example;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** A UID2 operator in a container, for tests: {@code mvn test}. */
class Uid2MockTest {
  private static final String IMAGE =
      System.getenv().getOrDefault("UID2_MOCK_IMAGE", "ghcr.io/uid2-mock/uid2-mock-operator:0.1.0");
  private static final String ADMIN_TOKEN = "only-for-tests";
  // of the embedded world, the same in every mock
  private static final String KEY = "UID2-C-L-1001-DbRLvg.iVebYUxDAUiAJvZOO9BDlmUKljx6Lg+/Y5hAs=";

  private static final GenericContainer<?> mock =
      new GenericContainer<>(DockerImageName.parse(IMAGE))
          .withExposedPorts(8432)
          .withEnv("UID2_MOCK_ADMIN_TOKEN", ADMIN_TOKEN)
          .waitingFor(Wait.forHttp("/ops/healthcheck").forPort(8432));

  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    mock.start();
  }

  @AfterAll
  static void stop() {
    mock.stop();
  }

  private String ask(String method, String path, String bearer, BodyPublisher body)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://" + mock.getHost() + ":" + mock.getMappedPort(8432) + path);
    HttpRequest request =
        HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + bearer).method(method, body).build();
    return client.send(request, BodyHandlers.ofString()).body();
  }

  @Test
  void aReaderWhoOptsOutGetsNoNewToken() throws IOException, InterruptedException {
    String generated = ask("GET", "/v1/token/generate?email=reader@example.com", KEY, BodyPublishers.noBody());
    Matcher token = Pattern.compile("\"refresh_token\":\"([^\"]+)\"").matcher(generated);
    assertTrue(token.find(), generated);
    ask("POST", "/__admin/optouts", ADMIN_TOKEN, BodyPublishers.ofString("{\"email\":\"reader@example.com\"}"));
    String query = "refresh_token=" + URLEncoder.encode(token.group(1), StandardCharsets.UTF_8);
    String refreshed = ask("GET", "/v1/token/refresh?" + query, KEY, BodyPublishers.noBody());
    assertTrue(refreshed.contains("\"optout\""), refreshed);
  }
}
