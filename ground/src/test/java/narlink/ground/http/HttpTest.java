package narlink.ground.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import narlink.ground.Deployment;
import narlink.ground.Pass;
import narlink.ground.PassReport;
import narlink.wire.SatelliteName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The HTTP server over real sockets, asked well and badly.
final class HttpTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    Path directory = Path.of("");

    @SuppressWarnings("NullAway.Init") // Opened before each test.
    private SampleFleet fleet;

    private SatelliteName satellite = new SatelliteName("sat-7");

    @BeforeEach
    void open() throws Exception {
        fleet = new SampleFleet(directory);
        satellite = fleet.add("sat-7", 5, 13);
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create(fleet.url(path))).build(), HttpResponse.BodyHandlers.ofString());
    }

    private JsonObject told(String path) throws Exception {
        var response = get(path);
        assertEquals(200, response.statusCode(), response.body());
        return JsonParser.parseString(response.body()).getAsJsonObject();
    }

    private HttpResponse<String> post(String path, String body, Optional<String> token) throws Exception {
        var request =
                HttpRequest.newBuilder(URI.create(fleet.url(path))).POST(HttpRequest.BodyPublishers.ofString(body));
        token.ifPresent(known -> request.header("Authorization", "Bearer " + known));
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private JsonObject changed(String path, String body) throws Exception {
        var response = post(path, body, Optional.of(fleet.files.httpToken()));
        assertEquals(200, response.statusCode(), response.body());
        return JsonParser.parseString(response.body()).getAsJsonObject();
    }

    @Test
    void theFleetAndItsSatellitesAreTold() throws Exception {
        fleet.add("sat-8", 0, 0);
        var list = told("/api/fleet").getAsJsonArray("satellites");
        assertEquals(2, list.size());
        var one = list.get(0).getAsJsonObject();
        assertEquals("sat-7", one.get("satellite").getAsString());
        assertEquals(5, one.get("acknowledgedPaths").getAsInt());
        assertEquals(3_200_000_000L, one.get("freeBytes").getAsLong());
        var open = one.getAsJsonArray("deployments").get(0).getAsJsonObject();
        assertEquals(13, open.get("blocksDone").getAsInt());
        assertEquals(SampleFleet.BLOCKS, open.get("blocks").getAsInt());
        var status = told("/api/satellites/sat-7");
        assertEquals(2, status.getAsJsonArray("deployments").size());
        assertFalse(status.get("inSync").getAsBoolean());
        assertEquals(
                1, told("/api/satellites/sat-7/log").getAsJsonArray("events").size());
        assertEquals(2, told("/api/queue").getAsJsonArray("deployments").size());
        assertEquals(404, get("/api/satellites/none").statusCode());
        assertEquals(400, get("/api/satellites/%2e%2e").statusCode());
        assertEquals(404, get("/api/other").statusCode());
        assertEquals(404, get("/../keys/http.token").statusCode());
    }

    /// 27 blocks of 917,504 bytes by 256 kbit/s take 15 minutes.
    @Test
    void passesAreForetoldByTheContactPlan() throws Exception {
        var route = fleet.link(satellite);
        var now = Instant.now();
        var contacts = new ArrayList<narlink.ground.Contact>();
        for (int i = 1; i <= 5; i++) {
            var begin = now.plusSeconds(3600L * i);
            contacts.add(new narlink.ground.Contact(
                    route, begin, begin.plusSeconds(480), java.util.OptionalLong.empty(), Optional.empty()));
        }
        fleet.ledger.timetable().change(List.of(), contacts);
        var deployment = told("/api/satellites/sat-7")
                .getAsJsonArray("deployments")
                .get(1)
                .getAsJsonObject();
        var forecast = deployment.getAsJsonObject("forecast");
        assertEquals(2, forecast.get("passes").getAsInt());
        var when = Instant.parse(forecast.get("when").getAsString());
        assertTrue(when.isAfter(now.plusSeconds(7200)) && when.isBefore(now.plusSeconds(7680)), forecast.toString());
        assertEquals(5, told("/api/contacts").getAsJsonArray("contacts").size());
        var link = told("/api/links").getAsJsonArray("links").get(0).getAsJsonObject();
        assertEquals(
                now.plusSeconds(3600).toEpochMilli(),
                Instant.parse(link.get("opens").getAsString()).toEpochMilli());
    }

    @Test
    void passesInFlightAreTold() throws Exception {
        var route = fleet.link(satellite);
        fleet.passes.opened(route);
        fleet.passes.progress(route, SampleFleet.tally(9000, 1000));
        var live = told("/api/passes").getAsJsonArray("live").get(0).getAsJsonObject();
        assertEquals(9000, live.get("sourceBytes").getAsLong());
        assertEquals(10_500, live.get("sentBytes").getAsLong());
        assertEquals(0.125, live.get("lossEstimate").getAsDouble());
        var metrics = get("/metrics").body();
        assertTrue(
                metrics.contains(
                        "narlink_link_sent_bytes_total{kind=\"repair\",satellite=\"sat-7\",station=\"kiruna\"} 1000.0"),
                metrics);
        assertTrue(
                metrics.contains("narlink_deployment_blocks_done{deployment=\"2\",satellite=\"sat-7\"} 13.0"), metrics);
        fleet.passes.over(new PassReport(
                route,
                Instant.now(),
                Instant.now(),
                new Pass.Result(SampleFleet.tally(9000, 1000), false, "the contact is over"),
                List.of()));
        var after = told("/api/passes");
        assertEquals(0, after.getAsJsonArray("live").size());
        assertEquals(1, after.getAsJsonArray("ended").size());
        fleet.passes.opened(route);
        fleet.passes.progress(route, SampleFleet.tally(100, 0));
        assertTrue(
                get("/metrics").body().contains("kind=\"source\",satellite=\"sat-7\",station=\"kiruna\"} 9100.0"),
                "counters go on from pass to pass");
    }

    @Test
    void whoHasTheTokenMayChangeThingsAndNobodyElse() throws Exception {
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(fleet.files.httpTokenFile())));
        for (var path : List.of("/api/satellites/sat-7/freeze", "/api/contacts/begin", "/api/nothing")) {
            assertEquals(401, post(path, "{}", Optional.empty()).statusCode());
            assertEquals(401, post(path, "{}", Optional.of("0".repeat(64))).statusCode());
        }
        assertFalse(fleet.ledger.places().frozen(satellite));
        assertTrue(changed("/api/satellites/sat-7/freeze", "").get("frozen").getAsBoolean());
        assertTrue(fleet.ledger.places().frozen(satellite));
        changed("/api/satellites/sat-7/thaw", "{}");
        assertFalse(fleet.ledger.places().frozen(satellite));
        fleet.ledger.add(SampleFleet.deployment(satellite, 3, "third"));
        var order = changed("/api/satellites/sat-7/reorder", "{\"deployment\": 3, \"before\": 2}");
        assertEquals("[3,2]", order.getAsJsonArray("order").toString());
        assertEquals(
                "CANCELLED",
                changed("/api/satellites/sat-7/cancel", "{\"deployment\": 3}")
                        .get("state")
                        .getAsString());
        assertEquals(
                Deployment.State.CANCELLED,
                fleet.ledger.deployments(satellite).getLast().progress().state());
        assertEquals(
                1, changed("/api/satellites/sat-7/verify", "").get("command").getAsInt());
        var route = fleet.link(satellite);
        changed("/api/contacts/begin", "{\"satellite\": \"sat-7\", \"station\": \"kiruna\", \"seconds\": 60}");
        assertEquals(route, fleet.ledger.timetable().contacts().getFirst().route());
        changed("/api/contacts/end", "{\"satellite\": \"sat-7\", \"station\": \"kiruna\"}");
    }

    @Test
    void changesThatMakeNoSenseAreRefused() throws Exception {
        var token = Optional.of(fleet.files.httpToken());
        assertEquals(400, post("/api/satellites/sat-7/cancel", "{", token).statusCode());
        assertEquals(400, post("/api/satellites/sat-7/cancel", "[1]", token).statusCode());
        assertEquals(400, post("/api/satellites/sat-7/cancel", "{}", token).statusCode());
        assertEquals(
                400,
                post("/api/satellites/sat-7/cancel", "{\"deployment\": -1}", token)
                        .statusCode());
        assertEquals(
                409,
                post("/api/satellites/sat-7/cancel", "{\"deployment\": 99}", token)
                        .statusCode());
        assertEquals(
                400,
                post("/api/satellites/sat-7/reorder", "{\"deployment\": 2, \"before\": 2}", token)
                        .statusCode());
        assertEquals(404, post("/api/satellites/sat-7/explode", "{}", token).statusCode());
        assertEquals(
                409,
                post("/api/contacts/end", "{\"satellite\": \"sat-7\"}", token).statusCode());
        assertEquals(
                400,
                post("/api/satellites/sat-7/freeze", "[".repeat(16_000), token).statusCode());
        Files.delete(directory.resolve("keys/mission.key"));
        assertEquals(409, post("/api/satellites/sat-7/verify", "{}", token).statusCode());
    }

    @Test
    void aForeignNameForThisMachineIsTurnedAway() throws Exception {
        assertTrue(raw("GET /api/fleet HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
                .startsWith("HTTP/1.1 421"));
        assertTrue(raw("GET /api/fleet HTTP/1.1\r\nConnection: close\r\n\r\n").startsWith("HTTP/1.1 421"));
        assertTrue(raw("GET /api/fleet HTTP/1.1\r\nHost: localhost:99\r\nConnection: close\r\n\r\n")
                .startsWith("HTTP/1.1 200"));
        var headers = get("/").headers();
        assertTrue(headers.firstValue("Content-Security-Policy").orElse("").contains("default-src 'none'"));
        assertTrue(headers.firstValue("Access-Control-Allow-Origin").isEmpty());
    }

    @Test
    void onOtherAddressesReadingNeedsTheTokenToo() throws Exception {
        try (var wide = new SampleFleet(directory.resolve("wide"), "0.0.0.0:0")) {
            var page = CLIENT.send(
                    HttpRequest.newBuilder(URI.create(wide.url("/"))).build(), HttpResponse.BodyHandlers.ofString());
            assertEquals(200, page.statusCode());
            for (var path : List.of("/api/fleet", "/metrics", "/api/nothing")) {
                var request = HttpRequest.newBuilder(URI.create(wide.url(path)));
                assertEquals(
                        401,
                        CLIENT.send(request.build(), HttpResponse.BodyHandlers.discarding())
                                .statusCode());
                request.header("Authorization", "Bearer " + wide.files.httpToken());
                assertNotEquals(
                        401,
                        CLIENT.send(request.build(), HttpResponse.BodyHandlers.discarding())
                                .statusCode());
            }
        }
    }

    /// Sends bytes as they are and reads until the server closes.
    private String raw(String request) throws IOException {
        return raw(request.getBytes(StandardCharsets.ISO_8859_1));
    }

    private String raw(byte[] request) throws IOException {
        try (var socket = socket()) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private Socket socket() throws IOException {
        return new Socket(
                InetAddress.getLoopbackAddress(), fleet.server.address().getPort());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0001\u0002 what\u00ff is this\r\n\r\n",
                "HELO you\r\n\r\n",
                "GET /\r\n\r\n",
                "POST /api/satellites/sat-7/freeze HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n"
            })
    void junkIsAnsweredWithAClearErrorAndClosed(String junk) throws Exception {
        assertTrue(raw(junk).startsWith("HTTP/1.1 400"), junk);
        assertEquals(200, get("/api/fleet").statusCode());
    }

    @Test
    void whatIsTooLargeIsRefusedBeforeItIsKept() throws Exception {
        assertTrue(raw("GET /" + "a".repeat(5000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .startsWith("HTTP/1.1 414"));
        assertTrue(raw("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(9000) + "\r\n\r\n")
                .startsWith("HTTP/1.1 431"));
        assertTrue(raw("POST /api/contacts/end HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\n")
                .startsWith("HTTP/1.1 413"));
    }

    @Test
    void framesOfAPipeThatLedHereAreNoRequest() throws Exception {
        var random = new Random(8470);
        for (int i = 0; i < 20; i++) {
            byte[] segment = new byte[2000];
            random.nextBytes(segment);
            segment[100] = '\n'; // A line ends somewhere in what a pipe carries.
            assertTrue(raw(narlink.wire.Frames.frame(segment)).startsWith("HTTP/1.1 4"), "frame " + i);
        }
        assertEquals(200, get("/api/fleet").statusCode());
    }

    @Test
    void requestsInARowAreAnsweredInOrder() throws Exception {
        var one = "GET /api/satellites/none HTTP/1.1\r\nHost: localhost\r\n\r\n";
        var last = "GET /api/fleet HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        var said = raw(one + one + last);
        var statuses = said.lines()
                .filter(line -> line.startsWith("HTTP/1.1") || line.contains("HTTP/1.1 "))
                .count();
        assertEquals(3, statuses, said);
        assertTrue(said.startsWith("HTTP/1.1 404") && said.contains("HTTP/1.1 200"), said);
    }

    /// Whoever sends a request a byte at a time, or none, is cut off; meanwhile others are answered.
    @Test
    void slowClientsAreCutOff() throws Exception {
        try (var slow = socket();
                var silent = socket()) {
            slow.setSoTimeout(60_000);
            silent.setSoTimeout(60_000);
            var began = Instant.now();
            var drip = Thread.ofVirtual().start(() -> {
                try {
                    slow.getOutputStream().write("GET / HTTP/1.1\r\nX: ".getBytes(StandardCharsets.US_ASCII));
                    for (int i = 0; i < 1000; i++) {
                        slow.getOutputStream().write('a');
                        Thread.sleep(200);
                    }
                } catch (IOException e) {
                    assertTrue(Duration.between(began, Instant.now()).compareTo(RequestHandler.REQUEST) >= 0);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            assertEquals(200, get("/api/fleet").statusCode());
            assertEquals(-1, silent.getInputStream().read());
            closes(slow);
            drip.interrupt();
            drip.join();
        }
    }

    /// By an end of the stream, or by a reset where something was still on its way.
    private static void closes(Socket socket) throws IOException {
        try {
            assertEquals(-1, socket.getInputStream().read());
        } catch (SocketException e) {
            assertTrue(String.valueOf(e.getMessage()).contains("reset"), e.getMessage());
        }
    }

    @Test
    void aThousandIdleConnectionsKeepNobodyOut() throws Exception {
        var sockets = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 1000; i++) sockets.add(socket());
            assertEquals(200, get("/api/fleet").statusCode());
            sockets.getFirst().setSoTimeout(60_000);
            assertEquals(-1, sockets.getFirst().getInputStream().read(), "the oldest made room");
        } finally {
            for (var socket : sockets) socket.close();
        }
    }

    @Test
    void aTakenPortIsToldInALine() {
        var taken = new HttpAddress("127.0.0.1", fleet.server.address().getPort());
        var sources = new HttpServer.Sources(fleet.ledger, fleet.passes, fleet.files, Clock.systemUTC());
        var refused = assertThrows(IOException.class, () -> new HttpServer(taken, sources));
        assertTrue(String.valueOf(refused.getMessage()).contains("choose another address"), refused.getMessage());
        assertThrows(IllegalArgumentException.class, () -> HttpAddress.parse("localhost"));
        assertThrows(IllegalArgumentException.class, () -> HttpAddress.parse("localhost:99999"));
        assertEquals(new HttpAddress("[::1]", 80), HttpAddress.parse("[::1]:80"));
        assertEquals(new HttpAddress("127.0.0.1", 80), HttpAddress.parse(":80"));
    }
}
