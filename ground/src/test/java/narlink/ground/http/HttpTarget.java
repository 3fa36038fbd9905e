package narlink.ground.http;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import narlink.ground.Deployment;
import narlink.ground.GroundState;
import narlink.ground.PassReport;
import narlink.ground.Satellite;
import narlink.ground.Server;
import narlink.ground.StationLink;
import narlink.ground.ledger.SqlLedger;
import narlink.testkit.fuzz.FuzzTarget;

/// Bytes on a connection to the HTTP server, with a ledger in which there is nothing to change. Answers are HTTP, one a
/// request at most, and none says that the server failed.
final class HttpTarget implements FuzzTarget {
    private static final String TOKEN = "a-token";

    private final Site site;
    private final Connections connections = new Connections();

    HttpTarget() throws IOException {
        var directory = Files.createTempDirectory("http-fuzz");
        var files = new GroundState(directory);
        files.init();
        var ledger = SqlLedger.open(files.database());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory, ledger)));
        var clock = Clock.systemUTC();
        site = new Site(ledger, new LivePasses(new Silent(), clock), files, new Guard(TOKEN, true), clock);
    }

    private static void delete(Path directory, SqlLedger ledger) {
        ledger.close();
        try (var all = Files.walk(directory)) {
            for (var path : all.sorted(java.util.Comparator.reverseOrder()).toList()) Files.delete(path);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private record Silent() implements Server.Listener {
        @Override
        public void opened(StationLink.Route route) {}

        @Override
        public void unreachable(StationLink.Route route, String why, Duration again) {}

        @Override
        public void changed(Deployment deployment) {}

        @Override
        public void carried(Satellite satellite) {}

        @Override
        public void over(PassReport report) {}
    }

    @Override
    public void accept(byte[] input) {
        var asked = new AtomicInteger();
        var channel = new EmbeddedChannel(
                new HttpServerCodec(new HttpDecoderConfig()
                        .setMaxInitialLineLength(HttpServer.LINE_BYTES)
                        .setMaxHeaderSize(HttpServer.HEADER_BYTES)),
                new HttpObjectAggregator(HttpServer.BODY_BYTES, true),
                new FlowControlHandler(),
                new RequestHandler(
                        request -> {
                            asked.incrementAndGet();
                            var answer = site.answer(request);
                            assertTrue(answer.status() < 500, request + " makes the server fail");
                            return answer;
                        },
                        Runnable::run,
                        connections));
        channel.writeInbound(Unpooled.wrappedBuffer(input));
        channel.checkException();
        var said = said(channel);
        assertTrue(said.isEmpty() || said.startsWith("HTTP/1."), said);
        assertTrue(asked.get() <= 1 + input.length / 16, "more requests than there were");
        channel.finishAndReleaseAll();
    }

    private static String said(EmbeddedChannel channel) {
        var said = new StringBuilder();
        for (Object out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            if (!(out instanceof ByteBuf bytes)) continue;
            said.append(bytes.toString(StandardCharsets.ISO_8859_1));
            bytes.release();
        }
        return said.toString();
    }

    @Override
    public List<byte[]> seeds() {
        return Stream.of(
                        "GET /api/fleet HTTP/1.1\r\nHost: localhost\r\n\r\n",
                        "GET /api/satellites/sat-7/queue HTTP/1.1\r\nHost: 127.0.0.1:8470\r\n\r\nGET / HTTP/1.0\r\n\r\n",
                        "GET /api/passes HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                        "GET /api/contacts HTTP/1.1\r\nHost: localhost\r\n\r\n",
                        "POST /api/satellites/sat-7/freeze HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer a-token\r\n"
                                + "Content-Length: 2\r\n\r\n{}",
                        "POST /api/contacts/begin HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer a-token\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\n19\r\n{\"satellite\":\"sat-7\",\"a\":1}\r\n0\r\n\r\n",
                        "HEAD /metrics HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc")
                .map(text -> text.getBytes(StandardCharsets.ISO_8859_1))
                .toList();
    }

    @Override
    public int executions() {
        return 6_000;
    }

    @Override
    public int longest() {
        return 1000;
    }
}
