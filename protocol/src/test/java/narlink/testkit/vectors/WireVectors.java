package narlink.testkit.vectors;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import narlink.wire.Announcement;
import narlink.wire.Envelope;
import narlink.wire.Envelope.Direction;
import narlink.wire.FecObject;
import narlink.wire.Frames;
import narlink.wire.Message;
import narlink.wire.Report;
import narlink.wire.Seal;
import narlink.wire.StoreAnswer;

/// Frames and segments (§14.3, §14.4).
final class WireVectors {
    private WireVectors() {}

    static VectorFile frames() {
        var file = new VectorFile("""
                §2: a segment, its frame on a stream with the 0x00 behind it, and its datagram.
                Then streams, what is in them, and how many frames of them are bad.""");
        segments().forEach((name, segment) -> {
            file.field("name", name).field("segment", segment).field("frame", Frames.frame(segment));
            file.field("datagram", Frames.datagram(segment)).end();
        });
        byte[] one = Frames.frame(new byte[] {1, 0, 2});
        byte[] two = Frames.frame(new byte[] {3});
        byte[] flipped = one.clone();
        flipped[2] ^= 16;
        stream(file, "idle fill around frames", joined(new byte[3], one, new byte[2], two), 0, "010002 03");
        stream(file, "a flipped bit costs its frame", joined(flipped, two), 1, "03");
        stream(file, "a lost byte", joined(Arrays.copyOfRange(one, 1, one.length), two), 1, "03");
        stream(file, "a lost end joins two frames", joined(Arrays.copyOf(one, one.length - 1), two, two), 1, "03");
        stream(
                file,
                "it begins in the middle of a frame",
                joined(Arrays.copyOfRange(one, 3, one.length), two),
                1,
                "03");
        stream(file, "a code that leads behind the end", joined(new byte[] {9, 1, 0}, two), 1, "03");
        stream(file, "shorter than a checksum", joined(new byte[] {3, 1, 1, 0}, two), 1, "03");
        return file;
    }

    private static Map<String, byte[]> segments() {
        var segments = new LinkedHashMap<String, byte[]>();
        segments.put("one byte", new byte[] {42});
        segments.put("one zero", new byte[1]);
        segments.put("zeros within", new byte[] {1, 0, 0, 2, 0});
        for (int length : new int[] {249, 250, 251, 504}) {
            byte[] ones = new byte[length];
            Arrays.fill(ones, (byte) 1);
            segments.put(length + " bytes without zero", ones);
        }
        return segments;
    }

    private static void stream(VectorFile file, String name, byte[] stream, int bad, String segments) {
        file.field("name", name)
                .field("stream", stream)
                .field("bad", bad)
                .field("segments", segments)
                .end();
    }

    private static byte[] joined(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) out.writeBytes(part);
        return out.toByteArray();
    }

    static VectorFile segmentFile() {
        var file = new VectorFile("""
                §3 to §8, §13: messages as segments. `secret` is who signed it, as Nix writes keys (seed and public half in
                Base64), `public` the public half. All are those of the satellite `sat-7`; sealed ones are for the flight key that
                signs the report. Those that are refused are so for the station's key and direction U.""");
        SampleMessages.all().forEach((name, message) -> signed(file, name, message));
        for (var object : FecObject.values()) sealed(file, object);
        byte[] good = segment(SampleMessages.announcement(7));
        refused(file, "a bit of the body is another", flipped(good, 12), "BAD_SIGNATURE");
        refused(file, "a bit of the signature is another", flipped(good, good.length - 1), "BAD_SIGNATURE");
        refused(file, "a field behind the signature", joined(good, new byte[] {0x28, 1}), "MALFORMED");
        refused(file, "cut short", Arrays.copyOf(good, good.length - 1), "MALFORMED");
        refused(
                file,
                "for the other direction",
                sealedBy(SampleMessages.announcement(7), Direction.DOWN),
                "BAD_SIGNATURE");
        return file;
    }

    private static void signed(VectorFile file, String name, Message message) {
        boolean down = message instanceof Report || message instanceof StoreAnswer;
        var key = down ? SampleKeys.flight() : SampleKeys.station();
        byte[] segment = segment(message);
        file.field("name", name)
                .field("direction", down ? "D" : "U")
                .field("secret", key.text().substring(key.text().indexOf(':') + 1))
                .field("public", key.publicKey().key().toArray())
                .field("segment", segment)
                .end();
    }

    private static byte[] segment(Message message) {
        boolean down = message instanceof Report || message instanceof StoreAnswer;
        return down
                ? Envelope.seal(message, SampleKeys.flight(), Direction.DOWN, SampleKeys.SATELLITE)
                : sealedBy(message, Direction.UP);
    }

    private static byte[] sealedBy(Message message, Direction direction) {
        return Envelope.seal(message, SampleKeys.station(), direction, SampleKeys.SATELLITE);
    }

    private static void sealed(VectorFile file, FecObject object) {
        var symbols = SampleMessages.symbols(object);
        file.field("name", "sealed symbols of the " + (object == FecObject.PACK ? "pack" : "manifest"))
                .field("station", SampleKeys.station().publicKey().key().toArray())
                .field("announcement", segment(SampleMessages.announcement(7)))
                .field("plain", symbols.data().toArray())
                .field(
                        "sealed",
                        Envelope.seal(symbols, seal(), SampleKeys.station().publicKey()))
                .end();
    }

    private static Seal seal() {
        Announcement announcement = SampleMessages.announcement(7);
        return Seal.between(SampleKeys.station(), SampleKeys.flight().publicKey(), SampleKeys.SATELLITE, announcement);
    }

    private static void refused(VectorFile file, String name, byte[] segment, String reason) {
        file.field("name", name)
                .field("refused", segment)
                .field("reason", reason)
                .end();
    }

    private static byte[] flipped(byte[] segment, int at) {
        byte[] flipped = segment.clone();
        flipped[at] ^= 1;
        return flipped;
    }
}
