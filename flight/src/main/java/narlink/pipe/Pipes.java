package narlink.pipe;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.Channels;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import narlink.wire.PipeUrl;

/// Opens pipes. A [Source] keeps what outlives one connection, such as a listening socket.
public final class Pipes {
    private static final int WRITE_BUFFER = 1 << 16;
    /// Datagrams that wait while the receiver is busy; the kernel may grant less.
    private static final int RECEIVE_BUFFER = 4 << 20;
    private static final long EXEC_GRACE_MILLIS = 1_000;

    /// Which end of the link this process is: it decides who reads the file named first.
    public enum End {
        GROUND,
        FLIGHT
    }

    /// Gives pipes one after the other: each time the last one has ended, [#open] waits for or makes the next.
    public interface Source extends Closeable {
        Pipe open() throws IOException;

        @Override
        default void close() throws IOException {}

        /// Whether another pipe can follow the one that has ended.
        default boolean reopens() {
            return true;
        }
    }

    private Pipes() {}

    /// Prepares the pipe that `url` names. Where a port is taken or an address is not ours, that is an error now.
    public static Source source(PipeUrl url, End end) throws IOException {
        return switch (url) {
            case PipeUrl.Stdio stdio -> once(Pipes::stdio);
            case PipeUrl.Tcp tcp ->
                tcp.listen() ? listenInet(inet(tcp.address()), url) : () -> connect(inet(tcp.address()), url);
            case PipeUrl.Unix unix ->
                unix.listen() ? listenUnix(unix) : () -> connect(UnixDomainSocketAddress.of(unix.path()), url);
            case PipeUrl.Udp udp -> () -> datagram(udp);
            case PipeUrl.Exec exec -> () -> exec(exec);
            case PipeUrl.Files files -> once(() -> files(files, end));
            case PipeUrl.Serial serial -> () -> SerialLine.open(serial);
            case PipeUrl.Drop drop -> () -> new DropPipe(Path.of(drop.out()), Path.of(drop.in()));
            case PipeUrl.Simplex simplex -> simplex(simplex, end);
        };
    }

    private static Source simplex(PipeUrl.Simplex simplex, End end) throws IOException {
        var source = source(simplex.pipe(), end);
        boolean sends = simplex.up() == (end == End.GROUND);
        return new Source() {
            @Override
            public Pipe open() throws IOException {
                return new SimplexPipe(source.open(), sends);
            }

            @Override
            public void close() throws IOException {
                source.close();
            }

            @Override
            public boolean reopens() {
                return source.reopens();
            }
        };
    }

    private static Pipe stdio() {
        var in = new FileInputStream(FileDescriptor.in);
        var out = new FileOutputStream(FileDescriptor.out);
        return new StreamPipe(in, buffered(out), () -> {
            in.close();
            out.close();
        });
    }

    private static Pipe connect(SocketAddress address, PipeUrl url) throws IOException {
        try {
            return stream(SocketChannel.open(address));
        } catch (IOException e) {
            throw new IOException("cannot connect to " + url.text() + ": " + e.getMessage(), e);
        }
    }

    private static Source listenUnix(PipeUrl.Unix unix) throws IOException {
        var path = Path.of(unix.path());
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            Files.delete(path); // A socket that a predecessor left: binding to it would fail for ever.
        }
        return listen(UnixDomainSocketAddress.of(path), StandardProtocolFamily.UNIX, unix);
    }

    private static Source listenInet(InetSocketAddress address, PipeUrl url) throws IOException {
        boolean six = address.getAddress() instanceof Inet6Address;
        return listen(address, six ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET, url);
    }

    private static Source listen(SocketAddress address, ProtocolFamily family, PipeUrl url) throws IOException {
        var server = ServerSocketChannel.open(family);
        try {
            server.bind(address);
        } catch (BindException e) {
            server.close();
            throw new IOException(
                    "cannot listen on " + url.text() + ": " + e.getMessage() + "; choose another port or end its user",
                    e);
        } catch (IOException e) {
            server.close();
            throw new IOException("cannot listen on " + url.text() + ": " + e.getMessage(), e);
        }
        return new Source() {
            @Override
            public Pipe open() throws IOException {
                return stream(server.accept());
            }

            @Override
            public void close() throws IOException {
                server.close();
            }
        };
    }

    private static Pipe stream(SocketChannel channel) {
        return new StreamPipe(Channels.newInputStream(channel), buffered(Channels.newOutputStream(channel)), channel);
    }

    private static Pipe datagram(PipeUrl.Udp udp) throws IOException {
        var peer = udp.peer().isPresent() ? Optional.of(inet(udp.peer().get())) : Optional.<SocketAddress>empty();
        var channel = DatagramChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
            channel.bind(udp.listen().isPresent() ? inet(udp.listen().get()) : null);
        } catch (IOException e) {
            channel.close();
            throw new IOException("cannot listen on " + udp.text() + ": " + e.getMessage(), e);
        }
        return new DatagramPipe(channel, peer);
    }

    private static Pipe exec(PipeUrl.Exec exec) throws IOException {
        var process = new ProcessBuilder("/bin/sh", "-c", exec.command())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new StreamPipe(process.getInputStream(), process.getOutputStream(), () -> end(process));
    }

    /// Lets a program send what it still holds. Who writes to one that does not read has to wait for its end, and to
    /// close its input as well.
    private static void end(Process process) {
        var closer = Thread.ofPlatform().daemon().name("exec").start(() -> closeInput(process));
        try {
            closer.join(EXEC_GRACE_MILLIS);
            process.waitFor(EXEC_GRACE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static void closeInput(Process process) {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // It ended before it had read everything.
            System.getLogger("narlink.pipe").log(System.Logger.Level.DEBUG, "exec", e);
        }
    }

    private static Pipe files(PipeUrl.Files files, End end) throws IOException {
        var read = Path.of(end == End.FLIGHT ? files.up() : files.down());
        var write = Path.of(end == End.FLIGHT ? files.down() : files.up());
        // Opening a FIFO waits for its other side: both ends open `up` first, so that neither waits for the other.
        if (end == End.FLIGHT) {
            var in = new FileInputStream(read.toFile());
            return pair(in, appending(write, in));
        }
        var out = new FileOutputStream(write.toFile(), true);
        try {
            if (!Files.exists(read)) Files.createFile(read);
            return pair(new FileInputStream(read.toFile()), out);
        } catch (IOException e) {
            out.close();
            throw e;
        }
    }

    private static FileOutputStream appending(Path file, Closeable onFailure) throws IOException {
        try {
            return new FileOutputStream(file.toFile(), true);
        } catch (IOException e) {
            onFailure.close();
            throw e;
        }
    }

    private static Pipe pair(FileInputStream in, FileOutputStream out) {
        return new StreamPipe(in, buffered(out), () -> {
            in.close();
            out.close();
        });
    }

    private static OutputStream buffered(OutputStream out) {
        return new BufferedOutputStream(out, WRITE_BUFFER);
    }

    private static InetSocketAddress inet(PipeUrl.HostPort address) throws UnknownHostException {
        var resolved = new InetSocketAddress(address.host(), address.port());
        if (resolved.isUnresolved()) throw new UnknownHostException("unknown host " + address.host());
        return resolved;
    }

    private interface Opener {
        Pipe open() throws IOException;
    }

    /// A pipe that cannot be opened a second time.
    private static Source once(Opener opener) {
        return new Source() {
            @Override
            public Pipe open() throws IOException {
                return opener.open();
            }

            @Override
            public boolean reopens() {
                return false;
            }
        };
    }
}
