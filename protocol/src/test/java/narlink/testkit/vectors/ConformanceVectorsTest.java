package narlink.testkit.vectors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import narlink.Bytes;
import narlink.delta.Codec;
import narlink.delta.Rewrite;
import narlink.fec.BlockDecoder;
import narlink.fec.Oti;
import narlink.inventory.Descriptions;
import narlink.inventory.Descriptions.Column;
import narlink.inventory.IdList;
import narlink.inventory.PathId;
import narlink.inventory.Roots;
import narlink.inventory.Sketch;
import narlink.nix.PublicKey;
import narlink.nix.StorePath;
import narlink.pack.Board;
import narlink.pack.ManifestFormat;
import narlink.testkit.vectors.VectorFile.Case;
import narlink.wire.Announcement;
import narlink.wire.Envelope;
import narlink.wire.FrameReader;
import narlink.wire.Frames;
import narlink.wire.KeyId;
import narlink.wire.Opened;
import narlink.wire.Seal;
import narlink.wire.Symbols;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The vectors as they lie in the repository are those that this implementation writes, and it reads them.
final class ConformanceVectorsTest {
    private static final Path DIRECTORY = Path.of("..", "proto", "vectors");

    @TempDir
    private Path scratch = Path.of(".");

    private static List<Case> cases(String file) throws IOException {
        return VectorFile.read(Files.readString(DIRECTORY.resolve(file)));
    }

    private static List<Case> cases(String file, String field) throws IOException {
        var cases = cases(file).stream().filter(one -> one.has(field)).toList();
        assertTrue(!cases.isEmpty(), field);
        return cases;
    }

    @Test
    void theyAreThoseThatAreWritten() throws IOException {
        var there = new TreeMap<String, String>();
        try (var files = Files.list(DIRECTORY)) {
            for (var file : files.toList()) there.put(String.valueOf(file.getFileName()), Files.readString(file));
        }
        assertEquals(ConformanceVectors.files(), there);
    }

    @Test
    void framesAreRead() throws IOException {
        for (var one : cases("frames.txt", "frame")) {
            assertArrayEquals(
                    one.bytes("segment"),
                    read(one.bytes("frame"), new FrameReader()).getFirst());
            assertArrayEquals(
                    one.bytes("segment"),
                    Frames.undatagram(one.bytes("datagram")).orElseThrow());
        }
        for (var one : cases("frames.txt", "stream")) {
            var reader = new FrameReader();
            var segments = read(one.bytes("stream"), reader).stream()
                    .map(HexFormat.of()::formatHex)
                    .toList();
            assertEquals(one.text("segments"), String.join(" ", segments), one.text("name"));
            assertEquals(one.number("bad"), reader.bad(), one.text("name"));
        }
    }

    private static List<byte[]> read(byte[] stream, FrameReader reader) {
        var segments = new ArrayList<byte[]>();
        reader.feed(stream, 0, stream.length, segments::add);
        return segments;
    }

    @Test
    void segmentsAreBelievedOrNot() throws IOException {
        for (var one : cases("segments.txt", "segment")) {
            var direction = one.text("direction").equals("U") ? Envelope.Direction.UP : Envelope.Direction.DOWN;
            var opened = opened(one.bytes("segment"), new PublicKey("key", Bytes.of(one.bytes("public"))), direction);
            assertEquals(SampleMessages.all().get(one.text("name")), ((Opened.Trusted) opened).message());
        }
        for (var one : cases("segments.txt", "refused")) {
            var opened = opened(one.bytes("refused"), SampleKeys.station().publicKey(), Envelope.Direction.UP);
            assertEquals(new Opened.Rejected(Opened.Reason.valueOf(one.text("reason"))), opened, one.text("name"));
        }
    }

    private static Opened opened(byte[] segment, PublicKey key, Envelope.Direction direction) {
        return Envelope.open(segment, Envelope.Keys.of(List.of(key)), direction, SampleKeys.SATELLITE);
    }

    @Test
    void sealsAreOpened() throws IOException {
        for (var one : cases("segments.txt", "sealed")) {
            var station = new PublicKey("station", Bytes.of(one.bytes("station")));
            var opened = opened(one.bytes("announcement"), station, Envelope.Direction.UP);
            var announcement = (Announcement) ((Opened.Trusted) opened).message();
            var seal = Seal.between(SampleKeys.flight(), station, SampleKeys.SATELLITE, announcement);
            Envelope.Seals seals = (id, deployment) ->
                    id.equals(KeyId.of(station)) ? List.of(new Envelope.Sealer(seal, station)) : List.of();
            var symbols = Envelope.open(
                    one.bytes("sealed"),
                    Envelope.Keys.of(List.of(station)),
                    seals,
                    Envelope.Direction.UP,
                    SampleKeys.SATELLITE);
            assertEquals(Bytes.of(one.bytes("plain")), ((Symbols) ((Opened.Trusted) symbols).message()).data());
        }
    }

    @Test
    void symbolsAreDecoded() throws IOException {
        for (var one : cases("fec.txt")) {
            var oti = new Oti(one.number("length"), one.number("symbol-size"), one.number("blocks"));
            int block = one.number("block");
            assertEquals(one.number("k"), oti.k(block));
            assertEquals(one.number("offset"), oti.offset(block));
            byte[] source = Arrays.copyOf(
                    Arrays.copyOfRange(
                            ObjectVectors.object(one.number("length")),
                            (int) oti.offset(block),
                            (int) oti.offset(block) + oti.length(block)),
                    oti.k(block) * oti.symbolSize());
            var decoder = new BlockDecoder(oti.k(block), oti.symbolSize());
            int given = 0;
            for (var field : one.fields().keySet()) {
                if (!field.startsWith("esi-")) continue;
                decoder.add(Integer.parseInt(field.substring(4)), one.bytes(field), 0);
                given++;
            }
            for (int esi = 0; decoder.received() < oti.k(block) + 2 && esi < oti.k(block); esi++) {
                decoder.add(esi, source, esi * oti.symbolSize());
            }
            assertTrue(given >= 4 && decoder.decode());
            assertArrayEquals(source, Arrays.copyOf(decoder.data(), source.length));
        }
    }

    @Test
    void manifestsAreRead() throws Exception {
        for (var one : cases("manifest.txt")) {
            var manifest = ManifestFormat.read(one.bytes("object")).complete(new Board(List.of(), Map.of()));
            assertEquals(
                    manifest,
                    ManifestFormat.read(Zstd.compress(one.bytes("message"), 1))
                            .complete(new Board(List.of(), Map.of())));
            for (int i = 0; i < manifest.objects().size(); i++) {
                var entry = manifest.objects().get(i);
                assertEquals(one.text("path-" + i), entry.path().toString());
                assertEquals(one.text("size-" + i), Long.toString(entry.narSize()));
                assertEquals(Bytes.of(one.bytes("check-" + i)), entry.check());
                assertEquals(
                        one.text("references-" + i),
                        entry.references().toString().replace(",", ""));
                assertEquals(one.text("bases-" + i), entry.bases().toString().replace(",", ""));
            }
        }
    }

    @Test
    void packsAreDecoded() throws IOException {
        var sample = cases("pack.txt", "nar").getFirst();
        var path = StorePath.parse(sample.text("path"));
        var old = StorePath.parse(sample.text("base"));
        byte[] baseNar = sample.bytes("base-nar");
        var base = new Codec.Base(old, baseNar.length, List.of(new Rewrite(old, path)), out -> out.write(baseNar));
        var made = new Codec.NewPath(path, sample.bytes("nar").length, List.of(base));
        for (var one : cases("pack.txt", "pack")) {
            var nar = new ByteArrayOutputStream();
            var codec = Codec.withId(one.number("codec")).orElseThrow();
            try (var decoder = codec.decoder(new ByteArrayInputStream(one.bytes("pack")), scratch)) {
                decoder.next(made, nar);
                decoder.end();
            }
            assertArrayEquals(sample.bytes("nar"), nar.toByteArray(), one.text("name"));
        }
    }

    @Test
    void inventoriesAreRead() throws Exception {
        var paths = cases("inventory.txt", "path");
        long[] ids = new long[paths.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = PathId.of(
                    StorePath.parse(paths.get(i).text("path")),
                    Bytes.of(paths.get(i).bytes("hash")));
            assertEquals(paths.get(i).text("id"), Long.toString(ids[i]));
        }
        Arrays.sort(ids);
        var lists = cases("inventory.txt", "list").getFirst();
        assertEquals(
                Arrays.stream(ids).mapToObj(IdList::prefix).toList(), IdList.read(lists.bytes("list"), ids.length));
        var difference =
                Sketch.difference(lists.bytes("sketch"), new long[] {1, ids[0]}).orElseThrow();
        assertEquals(java.util.Set.of(1L), difference.onlyHere());
        assertEquals(ids.length - 1, difference.onlyThere().size());
        for (var one : cases("inventory.txt", "columns")) {
            var columns = EnumSet.noneOf(Column.class);
            for (var column : Column.values()) {
                if ((one.number("columns") >>> column.ordinal() & 1) == 1) columns.add(column);
            }
            var told = Descriptions.read(one.bytes("object"), columns, ids.length);
            if (columns.contains(Column.NAME)) {
                assertEquals(
                        paths.stream().map(path -> path.text("path")).toList(),
                        told.paths().stream().map(StorePath::toString).toList());
            }
            if (columns.contains(Column.TRAITS))
                assertEquals(ids.length, told.references().size());
            if (columns.contains(Column.HASH)) {
                assertEquals(
                        paths.stream().map(path -> Bytes.of(path.bytes("hash"))).toList(), told.hashes());
            }
        }
        var roots = cases("inventory.txt", "roots").getFirst();
        assertEquals(ObjectVectors.roots(), Roots.read(roots.bytes("roots"), ids.length));
    }
}
