package narlink.testkit.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.wire.FrameReader;
import narlink.wire.Frames;

/// Asks of a [Carrier] what narlink needs of a pipe, and no more: a frame comes out as it went in or not at all;
/// whatever lay before it, a later frame comes through; none is held back until another one follows. Frames may get
/// lost, come twice or in another order.
public final class PipeCheck {
    /// Of 20 frames one arrives, be half of all lost.
    private static final int TRIES = 20;

    private static final int TIMES = 5;
    private static final int TELLING_LENGTH = 24;

    private final boolean datagrams;
    private final int segmentSize;
    private final SplittableRandom random;
    private final Map<Bytes, Integer> sent = new HashMap<>();
    private final Map<Bytes, Integer> arrived = new HashMap<>();
    private final FrameReader reader = new FrameReader();
    private final List<String> defects = new ArrayList<>();
    private long bad;
    private int number;
    private int newest;
    private int late;

    private PipeCheck(boolean datagrams, int segmentSize, long seed) {
        this.datagrams = datagrams;
        this.segmentSize = segmentSize;
        this.random = new SplittableRandom(seed);
    }

    /// A byte stream.
    ///
    /// @param segmentSize bytes of the largest segment that the pipe is for, at least 32
    public static PipeCheck stream(int segmentSize, long seed) {
        return new PipeCheck(false, segmentSize, seed);
    }

    /// A channel of datagrams.
    public static PipeCheck datagrams(int segmentSize, long seed) {
        return new PipeCheck(true, segmentSize, seed);
    }

    /// What became of the frames.
    ///
    /// @param sent frames
    /// @param arrived of them, each counted once
    /// @param repeated frames that came again
    /// @param late frames that came behind one that was sent after them
    /// @param bad stretches or datagrams that were no frame
    /// @param defects why narlink can't use this pipe, in words; empty where it can
    public record Findings(int sent, int arrived, int repeated, int late, long bad, List<String> defects) {
        public Findings {
            defects = List.copyOf(defects);
        }

        /// @throws AssertionError if there are defects, or less than this share of frames arrived
        public void require(double share) {
            if (!defects.isEmpty()) throw new AssertionError(String.join("; ", defects));
            if (arrived < share * sent) throw new AssertionError(arrived + " of " + sent + " frames arrived");
        }
    }

    /// Sends some hundred kilobytes.
    public Findings of(Carrier carrier) throws Exception {
        ordinary(carrier);
        everyByte(carrier);
        disturbed(carrier);
        alone(carrier);
        int repeated = arrived.values().stream().mapToInt(times -> times - 1).sum();
        return new Findings(sent.size(), arrived.size(), repeated, late, bad, defects);
    }

    private void ordinary(Carrier carrier) throws Exception {
        for (int i = 0; i < TRIES; i++) {
            var segments = new ArrayList<byte[]>();
            for (int j = 0; j < TIMES; j++) segments.add(segment(random.nextInt(16, segmentSize + 1)));
            carry(carrier, segments);
        }
        if (arrived.isEmpty()) defects.add("no frame arrived at all");
    }

    /// A path that keeps some bytes for itself, as flow control or a terminal does, loses all segments with them.
    private void everyByte(Carrier carrier) throws Exception {
        var swallowed = new TreeSet<String>();
        for (int value = 0; value < 256; value++) {
            int before = arrived.size();
            for (int i = 0; i < TRIES && arrived.size() == before; i++) {
                byte[] segment = segment(TELLING_LENGTH);
                Arrays.fill(segment, 4, segment.length, (byte) value);
                carry(carrier, List.of(segment));
            }
            if (arrived.size() == before) swallowed.add(HexFormat.of().toHexDigits((byte) value));
        }
        if (!swallowed.isEmpty() && swallowed.size() < 256) {
            defects.add("the path is not transparent: never a frame with bytes " + String.join(" ", swallowed));
        }
    }

    /// Noise, idle fill, a frame cut short, one without end.
    private void disturbed(Carrier carrier) throws Exception {
        byte[] noise = new byte[300];
        random.nextBytes(noise);
        byte[] endless = new byte[datagrams ? segmentSize : 3 * Frames.MAX_SEGMENT];
        Arrays.fill(endless, (byte) 0x55);
        byte[] whole = framed(segment(segmentSize));
        disturbed(carrier, "noise", noise);
        disturbed(carrier, "idle fill", new byte[datagrams ? 1 : 5000]);
        disturbed(carrier, "a frame that is cut short", Arrays.copyOf(whole, whole.length / 2));
        disturbed(carrier, "a frame without end", endless);
    }

    private void disturbed(Carrier carrier, String what, byte[] disturbance) throws Exception {
        hear(carrier.carry(List.of(disturbance)));
        int before = arrived.size();
        for (int i = 0; i < TRIES; i++) carry(carrier, List.of(segment(segmentSize)));
        if (arrived.size() == before) defects.add("nothing comes through behind " + what);
    }

    private void alone(Carrier carrier) throws Exception {
        boolean came = false;
        for (int i = 0; i < TRIES; i++) {
            byte[] segment = segment(segmentSize);
            carry(carrier, List.of(segment));
            came |= arrived.containsKey(Bytes.of(segment));
        }
        if (!came && !arrived.isEmpty()) defects.add("a frame is held back until another one follows");
    }

    /// No two are alike: each begins with its number.
    private byte[] segment(int size) {
        byte[] segment = new byte[size];
        random.nextBytes(segment);
        int named = ++number;
        for (int i = 0; i < 4; i++) segment[i] = (byte) (named >>> 24 - 8 * i);
        return segment;
    }

    private byte[] framed(byte[] segment) {
        return datagrams ? Frames.datagram(segment) : Frames.frame(segment);
    }

    private void carry(Carrier carrier, List<byte[]> segments) throws Exception {
        for (byte[] segment : segments) sent.put(Bytes.of(segment), number(segment));
        hear(carrier.carry(segments.stream().map(this::framed).toList()));
    }

    private static int number(byte[] segment) {
        return java.nio.ByteBuffer.wrap(segment).getInt();
    }

    private void hear(List<byte[]> pieces) {
        for (byte[] piece : pieces) {
            if (datagrams) Frames.undatagram(piece).ifPresentOrElse(this::heard, () -> bad++);
            else reader.feed(piece, 0, piece.length, this::heard);
        }
        if (!datagrams) bad = reader.bad();
    }

    private void heard(byte[] segment) {
        var key = Bytes.of(segment);
        var place = sent.get(key);
        if (place == null) {
            defects.add("a frame came out that never went in, " + segment.length + " bytes");
            return;
        }
        if (place < newest) late++;
        newest = Math.max(newest, place);
        arrived.merge(key, 1, Integer::sum);
    }
}
