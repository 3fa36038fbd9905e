package narlink.pipe;

import java.io.IOException;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.Optional;
import narlink.wire.Frames;
import org.jspecify.annotations.Nullable;

/// A pipe whose frames are UDP datagrams. Without a fixed peer it answers whoever was heard last; what is sent before
/// anybody was heard is lost, as on any link.
final class DatagramPipe implements Pipe {
    private final DatagramChannel channel;
    private final boolean fixedPeer;
    private final ByteBuffer buffer = ByteBuffer.allocate(Frames.MAX_SEGMENT + Frames.DATAGRAM_OVERHEAD + 1);
    private volatile @Nullable SocketAddress peer;
    private volatile long badFrames;

    DatagramPipe(DatagramChannel channel, Optional<? extends SocketAddress> peer) {
        this.channel = channel;
        this.fixedPeer = peer.isPresent();
        this.peer = peer.orElse(null);
    }

    @Override
    public Optional<List<byte[]>> receive() throws IOException {
        buffer.clear();
        SocketAddress from;
        try {
            from = channel.receive(buffer);
        } catch (PortUnreachableException e) {
            return Optional.of(List.of()); // Nobody listens there yet; the link may come up any time.
        }
        if (!fixedPeer) peer = from;
        var segment = Frames.undatagram(java.util.Arrays.copyOf(buffer.array(), buffer.position()));
        if (segment.isEmpty()) badFrames++;
        return Optional.of(segment.stream().toList());
    }

    @Override
    public void send(byte[] segment) throws IOException {
        var to = peer;
        if (to == null) return;
        try {
            channel.send(ByteBuffer.wrap(Frames.datagram(segment)), to);
        } catch (IOException e) {
            if (!channel.isOpen()) throw e;
            // No listener, no route, no buffer: the datagram is lost, as datagrams may be, and the next one may not be.
            System.getLogger("narlink.pipe").log(System.Logger.Level.DEBUG, "lost on the way to " + to, e);
        }
    }

    @Override
    public long badFrames() {
        return badFrames;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
