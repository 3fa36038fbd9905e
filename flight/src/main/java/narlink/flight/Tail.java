package narlink.flight;

import java.io.IOException;
import java.io.InputStream;
import narlink.Bytes;

/// The last bytes of what a process printed.
final class Tail {
    private final byte[] ring;
    private long written;

    Tail(int size) {
        this.ring = new byte[size];
    }

    /// Reads to the end of `in`, or until the process is gone.
    void drain(InputStream in) {
        byte[] buffer = new byte[4096];
        try {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) add(buffer, read);
        } catch (IOException e) {
            // The process was killed: what it printed before is what there is.
            System.getLogger(Tail.class.getName()).log(System.Logger.Level.DEBUG, "output ended early", e);
        }
    }

    private synchronized void add(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) ring[(int) (written++ % ring.length)] = bytes[i];
    }

    synchronized Bytes bytes() {
        int length = (int) Math.min(written, ring.length);
        byte[] out = new byte[length];
        for (int i = 0; i < length; i++) out[i] = ring[(int) ((written - length + i) % ring.length)];
        return Bytes.of(out);
    }
}
