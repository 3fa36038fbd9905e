package narlink.ground.link;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import narlink.ground.Link;
import narlink.wire.FrameReader;
import narlink.wire.Frames;
import narlink.wire.PipeUrl;
import org.jspecify.annotations.Nullable;

/// A link over a socket. A sender waits while more than a segment or two are on their way to the kernel, so that a
/// newer report counts at once.
final class NettyLink implements Link {
    private static final int WAITING_BYTES = 32 * 1024;
    /// Small, so that what is sent is on the link and not in a buffer before it.
    private static final int SOCKET_BUFFER = 64 * 1024;

    private static final int DATAGRAM = Frames.MAX_SEGMENT + Frames.DATAGRAM_OVERHEAD;

    private final Inbox inbox = new Inbox();
    private final Object writable = new Object();
    private @Nullable Channel channel;
    private boolean datagrams;
    private volatile @Nullable InetSocketAddress peer;

    /// For all links of this process: their handlers never wait.
    private static final EventLoopGroup GROUP =
            new MultiThreadIoEventLoopGroup(2, new DefaultThreadFactory("link", true), NioIoHandler.newFactory());

    private NettyLink() {}

    static Link tcp(PipeUrl.Tcp url, Duration patience) throws IOException, InterruptedException {
        var address = new InetSocketAddress(url.address().host(), url.address().port());
        return url.listen()
                ? listen(NioServerSocketChannel.class, address, url, patience)
                : connect(NioSocketChannel.class, address, url);
    }

    static Link unix(PipeUrl.Unix url, Duration patience) throws IOException, InterruptedException {
        var path = Path.of(url.path());
        if (url.listen() && Files.exists(path) && !Files.isRegularFile(path)) Files.delete(path);
        var address = UnixDomainSocketAddress.of(path);
        return url.listen()
                ? listen(NioServerDomainSocketChannel.class, address, url, patience)
                : connect(NioDomainSocketChannel.class, address, url);
    }

    static Link udp(PipeUrl.Udp url) throws IOException, InterruptedException {
        var link = new NettyLink();
        link.datagrams = true;
        var peer = url.peer().map(named -> new InetSocketAddress(named.host(), named.port()));
        link.peer = peer.orElse(null);
        if (peer.isPresent() && peer.get().isUnresolved()) {
            link.close();
            throw new IOException("cannot send to " + url.text() + ": unknown host");
        }
        boolean fixed = url.peer().isPresent();
        var bootstrap = new Bootstrap()
                .group(GROUP)
                .channel(NioDatagramChannel.class)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new io.netty.channel.FixedRecvByteBufAllocator(DATAGRAM))
                .handler(link.new DatagramHandler(fixed));
        var local = url.listen()
                .map(listen -> new InetSocketAddress(listen.host(), listen.port()))
                .orElseGet(() -> new InetSocketAddress(0));
        link.channel = link.opened(bootstrap.bind(local), "cannot listen on " + url.text());
        return link;
    }

    private static Link connect(Class<? extends Channel> type, SocketAddress address, PipeUrl url)
            throws IOException, InterruptedException {
        var link = new NettyLink();
        var bootstrap = new Bootstrap()
                .group(GROUP)
                .channel(type)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(1, WAITING_BYTES))
                .handler(link.initializer());
        if (type == NioSocketChannel.class) bootstrap.option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER);
        link.channel = link.opened(bootstrap.connect(address), "cannot connect to " + url.text());
        link.begin();
        return link;
    }

    private static Link listen(
            Class<? extends io.netty.channel.ServerChannel> type, SocketAddress address, PipeUrl url, Duration patience)
            throws IOException, InterruptedException {
        var link = new NettyLink();
        var accepted = new CompletableFuture<Channel>();
        var bootstrap = new ServerBootstrap()
                .group(GROUP)
                .channel(type)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(1, WAITING_BYTES))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (accepted.complete(channel)) channel.pipeline().addLast(link.new StreamHandler());
                        else channel.close(); // One satellite, one pass: a second caller is a mistake.
                    }
                });
        var server = link.opened(bootstrap.bind(address), "cannot listen on " + url.text());
        try {
            link.channel = accepted.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            link.close();
            throw new IOException("nobody connected to " + url.text() + " within " + patience.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            link.close();
            throw new IOException("cannot listen on " + url.text() + ": " + e.getMessage(), e);
        } finally {
            server.close();
        }
        link.begin();
        return link;
    }

    private ChannelInitializer<Channel> initializer() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new StreamHandler());
            }
        };
    }

    private Channel opened(ChannelFuture future, String failure) throws IOException, InterruptedException {
        future.await();
        if (future.isSuccess()) return future.channel();
        close();
        var cause = future.cause();
        throw new IOException(failure + ": " + (cause == null ? "no answer" : cause.getMessage()), cause);
    }

    /// A lone 0x00 ends whatever was left on the line.
    private void begin() {
        channel().writeAndFlush(Unpooled.wrappedBuffer(new byte[1]));
    }

    @Override
    public int send(byte[] segment) throws IOException, InterruptedException {
        byte[] frame = datagrams ? Frames.datagram(segment) : Frames.frame(segment);
        ByteBuf bytes = Unpooled.wrappedBuffer(frame);
        if (datagrams) {
            var to = peer;
            if (to == null) {
                bytes.release();
                return 0; // Nobody was heard yet to send to.
            }
            // A datagram that can't be sent is a lost one.
            channel().writeAndFlush(new DatagramPacket(bytes, to)).await();
        } else {
            channel().writeAndFlush(bytes);
            awaitWritable();
        }
        return frame.length;
    }

    private void awaitWritable() throws InterruptedException {
        synchronized (writable) {
            while (channel().isOpen() && !channel().isWritable()) writable.wait(1000);
        }
    }

    @Override
    public Heard next(Duration most) throws InterruptedException {
        return inbox.next(most);
    }

    @Override
    public void close() {
        var open = channel;
        if (open != null) open.close().awaitUninterruptibly();
    }

    private Channel channel() {
        var open = channel;
        if (open == null) throw new IllegalStateException("the link is not open yet");
        return open;
    }

    private void wake() {
        synchronized (writable) {
            writable.notifyAll();
        }
    }

    private final class StreamHandler extends SimpleChannelInboundHandler<ByteBuf> {
        private final FrameReader reader = new FrameReader();

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
            byte[] bytes = new byte[message.readableBytes()];
            message.readBytes(bytes);
            reader.feed(bytes, 0, bytes.length, inbox::segment);
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            wake();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            inbox.closed("the far end closed the pipe");
            wake();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            inbox.closed("the pipe broke: " + cause.getMessage());
            context.close();
            wake();
        }
    }

    private final class DatagramHandler extends SimpleChannelInboundHandler<DatagramPacket> {
        private final boolean fixedPeer;

        DatagramHandler(boolean fixedPeer) {
            this.fixedPeer = fixedPeer;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            byte[] bytes = new byte[packet.content().readableBytes()];
            packet.content().readBytes(bytes);
            if (!fixedPeer) peer = packet.sender();
            Frames.undatagram(bytes).ifPresent(inbox::segment);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // Nobody listens there yet: the link may come up any time.
            if (!(cause instanceof PortUnreachableException)) inbox.closed("the pipe broke: " + cause.getMessage());
        }
    }
}
