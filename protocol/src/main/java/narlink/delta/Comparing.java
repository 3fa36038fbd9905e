package narlink.delta;

import java.io.IOException;
import java.io.OutputStream;

/// Takes bytes as long as they are those of a file, and stops who writes others.
final class Comparing extends OutputStream {
    private final byte[] wanted;
    private int at;

    private static final class DiffersException extends IOException {
        private static final long serialVersionUID = 1;

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this; // An ordinary outcome, thousands of times.
        }
    }

    @FunctionalInterface
    interface Writer {
        void write() throws IOException;
    }

    /// @param from in the file
    Comparing(byte[] wanted, int from) {
        this.wanted = wanted;
        this.at = from;
    }

    /// Whether all that the writer writes here is wanted.
    boolean takes(Writer writer) throws IOException {
        try {
            writer.write();
            return true;
        } catch (DiffersException e) {
            return false; // Made by another program or level.
        }
    }

    /// Whether all that is wanted was written.
    boolean isAtEnd() {
        return at == wanted.length;
    }

    @Override
    public void write(int b) throws IOException {
        if (at >= wanted.length || wanted[at] != (byte) b) throw new DiffersException();
        at++;
    }
}
