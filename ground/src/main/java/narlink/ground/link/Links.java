package narlink.ground.link;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import narlink.ground.Link;
import narlink.pipe.Pipes;
import narlink.wire.PipeUrl;

/// Opens the pipe of a pass.
public final class Links {
    private Links() {}

    /// Opens the pipe that `url` names; one that listens waits up to `patience` for the far end.
    public static Link open(PipeUrl url, Duration patience) throws IOException, InterruptedException {
        return switch (url) {
            case PipeUrl.Tcp tcp -> NettyLink.tcp(tcp, patience);
            case PipeUrl.Unix unix -> NettyLink.unix(unix, patience);
            case PipeUrl.Udp udp -> NettyLink.udp(udp);
            case PipeUrl.Stdio stdio -> jdk(stdio, patience);
            case PipeUrl.Exec exec -> jdk(exec, patience);
            case PipeUrl.Files files -> jdk(files, patience);
            case PipeUrl.Serial serial -> jdk(serial, patience);
            case PipeUrl.Drop drop -> jdk(drop, patience);
            case PipeUrl.Simplex simplex -> new SimplexLink(open(simplex.pipe(), patience), simplex.up());
        };
    }

    /// Opening a FIFO waits for its other side, which nothing but a thread of its own can be kept from.
    private static Link jdk(PipeUrl url, Duration patience) throws IOException, InterruptedException {
        try (var source = Pipes.source(url, Pipes.End.GROUND)) {
            var opening = new FutureTask<>(source::open);
            Thread.ofPlatform().daemon().name("open").start(opening);
            return new JdkLink(opening.get(patience.toMillis(), TimeUnit.MILLISECONDS), url.text());
        } catch (TimeoutException e) {
            throw new IOException("nobody opened " + url.text() + " within " + patience.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(url.text() + ": " + e, e);
        }
    }
}
