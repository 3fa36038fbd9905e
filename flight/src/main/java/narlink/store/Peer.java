package narlink.store;

import static java.lang.System.Logger.Level.DEBUG;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/// The other side of a connection: a process of Nix, or what listens on a socket.
interface Peer extends Closeable {
    InputStream in();

    OutputStream out();

    /// What the peer said beside the protocol, for error messages; may be empty.
    String lastWords();

    /// Ends the connection at once, in the middle of whatever goes on.
    void abort();

    /// A way to a peer, for as many connections as are needed.
    interface Dialer {
        Peer dial() throws IOException;
    }

    static Peer socket(Path socket) throws IOException {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            channel.close();
            throw new IOException("no Nix daemon listens on " + socket, e);
        }
        return new SocketPeer(channel, Channels.newInputStream(channel), Channels.newOutputStream(channel));
    }

    record SocketPeer(SocketChannel channel, InputStream in, OutputStream out) implements Peer {
        @Override
        public String lastWords() {
            return "";
        }

        @Override
        public void abort() {
            try {
                channel.close();
            } catch (IOException e) {
                System.getLogger(SocketPeer.class.getName()).log(DEBUG, "a dead socket", e);
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
