package narlink.ground.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonParser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Everything that is asked of a fleet is told of all of it. With `-Dnarlink.fleet=1000` of a thousand satellites, by
/// the
/// launcher of what was packaged before, as users call it, and how long each takes.
final class LargeFleetTest {
    private static final int SATELLITES = Integer.getInteger("narlink.fleet", 20);
    private static final int PATHS = SATELLITES < 100 ? 5 : 300;
    private static final int ROUNDS = SATELLITES < 100 ? 1 : 9;
    private static final Path LAUNCHER = Path.of("bin/narlink").toAbsolutePath();

    @TempDir
    Path directory = Path.of("");

    @Test
    void allIsToldOfAll() throws Exception {
        try (var fleet = new SampleFleet(directory);
                var client = HttpClient.newHttpClient()) {
            for (int i = 0; i < SATELLITES; i++) fleet.add("sat-%04d".formatted(i), PATHS, i % SampleFleet.BLOCKS);
            var answer = timed("GET /api/fleet", () -> get(client, fleet.url("/api/fleet")));
            assertEquals(
                    SATELLITES,
                    JsonParser.parseString(answer)
                            .getAsJsonObject()
                            .getAsJsonArray("satellites")
                            .size());
            timed("GET /", () -> get(client, fleet.url("/")));
            timed("GET /api/satellites/sat-0007", () -> get(client, fleet.url("/api/satellites/sat-0007")));
            var queue = timed("GET /api/queue", () -> get(client, fleet.url("/api/queue")));
            assertEquals(
                    SATELLITES,
                    JsonParser.parseString(queue)
                            .getAsJsonObject()
                            .getAsJsonArray("deployments")
                            .size());
            timed("GET /metrics", () -> get(client, fleet.url("/metrics")));
            assertEquals(
                    SATELLITES,
                    timed("narlink status", () -> run("status"))
                            .lines()
                            .filter(line -> line.startsWith("sat-"))
                            .count());
            timed("narlink status sat-0007", () -> run("status", "sat-0007"));
            timed("narlink status --json", () -> run("status", "--json"));
            timed("narlink satellite list", () -> run("satellite", "list"));
        }
    }

    /// @return the last answer
    private static String timed(String what, Callable<String> question) throws Exception {
        var times = new ArrayList<Long>();
        var answer = "";
        for (int i = 0; i < ROUNDS; i++) {
            long began = System.nanoTime();
            answer = question.call();
            times.add((System.nanoTime() - began) / 1_000_000);
        }
        long first = times.getFirst();
        Collections.sort(times);
        System.out.printf(
                "%d satellites: %s: %d ms, the first time %d ms%n",
                SATELLITES, what, times.get(times.size() / 2), first);
        return answer;
    }

    private static String get(HttpClient client, String url) throws Exception {
        var response =
                client.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
        assertEquals(200, response.statusCode(), response.body());
        return response.body();
    }

    private String run(String... arguments) throws Exception {
        var out = directory.resolve("out");
        var command = new ArrayList<>(
                SATELLITES < 100
                        ? List.of(
                                Path.of(System.getProperty("java.home", ""), "bin", "java")
                                        .toString(),
                                "-cp",
                                System.getProperty("java.class.path", ""),
                                "narlink.ground.cli.Narlink")
                        : List.of(LAUNCHER.toString()));
        command.addAll(Arrays.asList(arguments));
        var builder = new ProcessBuilder(command);
        builder.environment().put("NARLINK_STATE", directory.toString());
        assertEquals(
                0,
                builder.redirectOutput(out.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start()
                        .waitFor());
        return Files.readString(out);
    }
}
