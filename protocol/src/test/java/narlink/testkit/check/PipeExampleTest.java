package narlink.testkit.check;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PipeExampleTest {
    @Test
    void myCommsPathKeepsWhatNarlinkNeeds() throws Exception {
        var path = Pipe.open(); // In its place: your modem's socket, a serial line, the files that your comms move.
        path.source().configureBlocking(false);
        path.sink().configureBlocking(false);
        PipeCheck.stream(1024, 1).of(pieces -> carry(path, pieces)).require(0.9);
    }

    private static List<byte[]> carry(Pipe path, List<byte[]> pieces) throws IOException {
        var arrived = new ArrayList<byte[]>();
        for (byte[] piece : pieces) {
            var left = ByteBuffer.wrap(piece);
            while (left.hasRemaining()) {
                path.sink().write(left);
                var buffer = ByteBuffer.allocate(1 << 18);
                path.source().read(buffer);
                arrived.add(Arrays.copyOf(buffer.array(), buffer.position()));
            }
        }
        return arrived;
    }
}
