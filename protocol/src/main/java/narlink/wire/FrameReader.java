package narlink.wire;

import java.util.function.Consumer;

/// Finds the segments in a byte stream (§2.3): whatever was damaged, inserted or lost, it is in step again at the next
/// 0x00. Holds at most one frame, however long the stretch between two 0x00 is.
public final class FrameReader {
    private byte[] frame = new byte[1024];
    private int size;
    private boolean overlong;
    private long bad;

    /// Takes the next bytes of the stream, split anywhere, and hands each good segment on.
    public void feed(byte[] bytes, int offset, int length, Consumer<byte[]> segments) {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] == 0) {
                end(segments);
            } else if (size == Frames.MAX_FRAME) {
                overlong = true;
            } else {
                if (size == frame.length) {
                    frame = java.util.Arrays.copyOf(frame, Math.min(2 * size, Frames.MAX_FRAME));
                }
                frame[size++] = bytes[i];
            }
        }
    }

    /// Frames that were damaged so far.
    public long bad() {
        return bad;
    }

    private void end(Consumer<byte[]> segments) {
        int length = size;
        boolean whole = !overlong;
        size = 0;
        overlong = false;
        if (length == 0) {
            return; // 0x00 in a row: idle fill, or the end of a pass.
        }
        var segment = whole ? Frames.unframe(frame, length) : java.util.Optional.<byte[]>empty();
        segment.ifPresentOrElse(segments, () -> bad++);
    }
}
