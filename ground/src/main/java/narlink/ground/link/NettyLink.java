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
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import narlink.ground.Link;
import narlink.wire.FrameReader;
import narlink.wire.Frames;
import narlink.wire.PipeUrl;
import org.jspecify.annotations.Nullable;

/// A link over a socket. A sender waits while more than a segment or two are on their way to the kernel, so that a
/// newer report counts at once.
///
/// One that listens goes on listening. Who calls while somebody else is connected may be a stranger, or the far end
/// anew, which has lost its old connection without a word: it takes the place of the old one with its first good frame,
/// or at once where nothing was heard of the old one lately. Of those who wait so, the newest is kept.
final class NettyLink implements Link {
    private static final int WAITING_BYTES = 32 * 1024;
    /// Small, so that what is sent is on the link and not in a buffer before it.
    private static final int SOCKET_BUFFER = 64 * 1024;

    private static final int DATAGRAM = Frames.MAX_SEGMENT + Frames.DATAGRAM_OVERHEAD;

    /// Who was heard so short a time ago is connected.
    private static final long LATELY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Inbox inbox = new Inbox();
    private final Object writable = new Object();
    private volatile @Nullable Channel channel;
    private @Nullable Channel server;
    private @Nullable Channel waiting;
    private boolean closed;
    private long heard = System.nanoTime() - LATELY_NANOS;
    private final CountDownLatch called = new CountDownLatch(1);
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
        begin(link.opened(bootstrap.connect(address), "cannot connect to " + url.text()));
        return link;
    }

    private static Link listen(
            Class<? extends io.netty.channel.ServerChannel> type, SocketAddress address, PipeUrl url, Duration patience)
            throws IOException, InterruptedException {
        var link = new NettyLink();
        var bootstrap = new ServerBootstrap()
                .group(GROUP)
                .channel(type)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(1, WAITING_BYTES))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel caller) {
                        caller.pipeline().addLast(link.new StreamHandler());
                        link.called(caller);
                    }
                });
        if (type == NioServerSocketChannel.class) bootstrap.childOption(ChannelOption.SO_SNDBUF, SOCKET_BUFFER);
        link.server = link.opened(bootstrap.bind(address), "cannot listen on " + url.text());
        try {
            if (link.called.await(patience.toMillis(), TimeUnit.MILLISECONDS)) return link;
        } catch (InterruptedException e) {
            link.close();
            throw e;
        }
        link.close();
        throw new IOException("nobody connected to " + url.text() + " within " + patience.toSeconds() + " s");
    }

    private synchronized void called(Channel caller) {
        if (closed) {
            caller.close();
        } else if (channel != null && channel.isActive() && isHeard()) {
            if (waiting != null) waiting.close();
            waiting = caller;
        } else {
            connect(caller);
        }
    }

    private boolean isHeard() {
        return System.nanoTime() - heard < LATELY_NANOS;
    }

    /// Makes a caller the far end.
    private synchronized void connect(Channel caller) {
        var before = channel;
        if (before == caller) return;
        channel = caller;
        if (waiting == caller) waiting = null;
        heard = System.nanoTime() - LATELY_NANOS;
        if (before != null) before.close();
        caller.eventLoop().execute(() -> begin(caller));
        called.countDown();
        wake();
    }

    /// Of the old connection nothing was heard for long, and somebody else has called.
    private void replace() {
        Channel next;
        synchronized (this) {
            next = waiting;
            if (next == null || isHeard()) return;
        }
        connect(next);
    }

    private synchronized void segment(Channel from, byte[] segment) {
        if (from == waiting) connect(from);
        if (from != channel) return;
        heard = System.nanoTime();
        inbox.segment(segment);
    }

    /// A connection has ended.
    private void ended(Channel ended, String why) {
        Channel next;
        synchronized (this) {
            if (ended == waiting) waiting = null;
            if (ended != channel) return;
            next = waiting;
        }
        if (next == null) inbox.closed(why);
        else connect(next);
        wake();
    }

    private ChannelInitializer<Channel> initializer() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel made) {
                channel = made; // Something may be heard before who opens it knows that it is open.
                made.pipeline().addLast(new StreamHandler());
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
    private static void begin(Channel channel) {
        channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[1]));
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
            replace();
            channel().writeAndFlush(bytes);
            awaitWritable();
        }
        return frame.length;
    }

    private void awaitWritable() throws InterruptedException {
        while (channel().isOpen() && !channel().isWritable()) {
            synchronized (writable) {
                if (channel().isOpen() && !channel().isWritable()) writable.wait(1000);
            }
            replace();
        }
    }

    @Override
    public Heard next(Duration most) throws InterruptedException {
        return inbox.next(most);
    }

    @Override
    public void close() {
        List<Channel> all;
        synchronized (this) {
            closed = true;
            all = Stream.of(server, waiting, channel)
                    .flatMap(Stream::ofNullable)
                    .toList();
        }
        all.forEach(Channel::close);
        for (var one : all) one.closeFuture().awaitUninterruptibly();
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
            reader.feed(bytes, 0, bytes.length, segment -> segment(context.channel(), segment));
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            wake();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            ended(context.channel(), "the far end closed the pipe");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            ended(context.channel(), "the pipe broke: " + cause.getMessage());
            context.close();
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
