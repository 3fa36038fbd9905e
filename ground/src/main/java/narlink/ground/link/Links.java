package narlink.ground.link;

import java.io.IOException;
import java.time.Duration;
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
            case PipeUrl.Stdio stdio -> jdk(stdio);
            case PipeUrl.Exec exec -> jdk(exec);
            case PipeUrl.Files files -> jdk(files);
        };
    }

    private static Link jdk(PipeUrl url) throws IOException {
        try (var source = Pipes.source(url, Pipes.End.GROUND)) {
            return new JdkLink(source.open(), url.text());
        }
    }
}
