package narlink.ground.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import narlink.ground.GroundState;
import narlink.ground.Ledger;

/// Speaks HTTP on one address. All that a client can make it keep is bounded: connections ([Connections]), the bytes of
/// a request, requests that wait for a thread, and time ([RequestHandler]).
public final class HttpServer implements Closeable {
    static final int LINE_BYTES = 4096;
    static final int HEADER_BYTES = 8192;
    static final int BODY_BYTES = 16 * 1024;
    private static final int THREADS = 2;
    private static final int WAITING = 256;

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("http", true), NioIoHandler.newFactory());
    private final ThreadPoolExecutor workers = new ThreadPoolExecutor(
            THREADS,
            THREADS,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            new DefaultThreadFactory("http answers", true));
    private final Connections connections = new Connections();
    private final Channel channel;

    /// @param ledger what is told of
    /// @param passes that listens to the passes
    /// @param files with the token, and the mission key where it lies here
    public record Sources(Ledger ledger, LivePasses passes, GroundState files, Clock clock) {}

    /// @throws IOException if the address can't be listened on
    public HttpServer(HttpAddress address, Sources sources) throws IOException, InterruptedException {
        var socket = address.socket();
        var guard = new Guard(sources.files().httpToken(), socket.getAddress().isLoopbackAddress());
        var site = new Site(sources.ledger(), sources.passes(), sources.files(), guard, sources.clock());
        var bound = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(16 * 1024, 64 * 1024))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel client) {
                        client.pipeline()
                                .addLast(new HttpServerCodec(new HttpDecoderConfig()
                                        .setMaxInitialLineLength(LINE_BYTES)
                                        .setMaxHeaderSize(HEADER_BYTES)))
                                .addLast(new HttpObjectAggregator(BODY_BYTES, true))
                                .addLast(new FlowControlHandler())
                                .addLast(new RequestHandler(site::answer, workers, connections));
                    }
                })
                .bind(socket)
                .await();
        if (!bound.isSuccess()) {
            stop();
            var cause = bound.cause();
            throw new IOException(
                    "cannot serve HTTP on " + address + ": " + (cause == null ? "no answer" : cause.getMessage())
                            + "; choose another address by --http HOST:PORT, or none by --http off",
                    cause);
        }
        channel = bound.channel();
    }

    /// Where it listens; the port is the one that was taken where port 0 was asked for.
    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
        stop();
    }

    private void stop() {
        workers.shutdownNow();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
