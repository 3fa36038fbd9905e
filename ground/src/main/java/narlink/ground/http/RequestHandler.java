package narlink.ground.http;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import narlink.Bytes;
import org.jspecify.annotations.Nullable;

/// One connection: a request at a time, within time limits. The site answers on other threads, since it reads the
/// ledger.
final class RequestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    /// A request must be there as a whole so soon after the connection, or after the answer to the one before.
    static final Duration REQUEST = Duration.ofSeconds(15);
    /// An answer must have been taken so soon after its request.
    static final Duration ANSWER = Duration.ofSeconds(30);

    private static final System.Logger LOG = System.getLogger(RequestHandler.class.getName());
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final Function<Request, Answer> site;
    private final Executor workers;
    private final Connections connections;
    private @Nullable Future<?> deadline;

    RequestHandler(Function<Request, Answer> site, Executor workers, Connections connections) {
        this.site = site;
        this.workers = workers;
        this.connections = connections;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        connections.opened(context.channel());
        within(context, REQUEST);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        connections.closed(context.channel());
        if (deadline != null) deadline.cancel(false);
    }

    private void within(ChannelHandlerContext context, Duration time) {
        if (deadline != null) deadline.cancel(false);
        deadline = context.executor().schedule(() -> context.close(), time.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest message) {
        connections.used(context.channel());
        context.channel().config().setAutoRead(false); // The next one waits until this is answered.
        within(context, ANSWER);
        boolean keep = HttpUtil.isKeepAlive(message);
        var failure = message.decoderResult().cause();
        if (failure != null) {
            answer(context, malformed(failure), false);
            return;
        }
        Request request;
        try {
            request = request(message);
        } catch (IllegalArgumentException e) {
            answer(context, Answer.error(400, "the path can't be decoded"), false);
            return;
        }
        try {
            workers.execute(() -> answer(context, site.apply(request), keep));
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.DEBUG, "too much to answer", e);
            answer(context, Answer.error(503, "too much is asked at once; ask again"), false);
        }
    }

    private static Answer malformed(Throwable failure) {
        return switch (failure) {
            case TooLongHttpLineException line ->
                Answer.error(414, "the request line is longer than " + HttpServer.LINE_BYTES + " bytes");
            case TooLongHttpHeaderException header ->
                Answer.error(431, "the headers are longer than " + HttpServer.HEADER_BYTES + " bytes");
            default -> Answer.error(400, "this is not HTTP as it should be; pipes have ports of their own");
        };
    }

    private static Request request(FullHttpRequest message) {
        var path = new QueryStringDecoder(message.uri()).path();
        return new Request(
                message.method().name(),
                path.startsWith("/") ? path : "/" + path,
                Optional.ofNullable(message.headers().get(HttpHeaderNames.HOST)),
                Optional.ofNullable(message.headers().get(HttpHeaderNames.AUTHORIZATION)),
                Bytes.of(ByteBufUtil.getBytes(message.content())));
    }

    private void answer(ChannelHandlerContext context, Answer answer, boolean keep) {
        var response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()),
                Unpooled.wrappedBuffer(answer.body()));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, answer.type())
                .set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, POLICY)
                .set("X-Content-Type-Options", "nosniff")
                .set("Referrer-Policy", "no-referrer")
                .set("Cross-Origin-Resource-Policy", "same-origin")
                .set(HttpHeaderNames.CONNECTION, keep ? HttpHeaderValues.KEEP_ALIVE : HttpHeaderValues.CLOSE);
        if (answer.status() == 401) response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
        context.writeAndFlush(response).addListener(done -> {
            if (!keep || !done.isSuccess()) {
                context.close();
            } else {
                within(context, REQUEST);
                context.channel().config().setAutoRead(true);
            }
        });
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.log(System.Logger.Level.DEBUG, "a connection broke", cause);
        context.close();
    }
}
