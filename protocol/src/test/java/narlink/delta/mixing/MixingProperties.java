package narlink.delta.mixing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import narlink.Sha256;
import narlink.delta.mixing.NumberModel.Kind;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class MixingProperties {
    private static final int MARGIN = DifferenceModel.MARGIN;

    @Property(tries = 200)
    void bitsComeBack(@ForAll long seed) throws IOException {
        var random = new SplittableRandom(seed);
        int count = random.nextInt(3000);
        int skew = random.nextInt(1, 17);
        int[] chances = random.ints(count, 1, 1 << skew).toArray();
        int[] bits = new int[count];
        var encoder = new BinaryEncoder();
        for (int i = 0; i < count; i++) {
            bits[i] = random.nextInt(1 << 16) < chances[i] ? 1 : 0;
            encoder.code(bits[i], chances[i]);
        }
        byte[] code = encoder.finish();
        assertTrue(code.length <= encoder.taken());
        var decoder = new BinaryDecoder(new ByteArrayInputStream(code));
        for (int i = 0; i < count; i++) assertEquals(bits[i], decoder.code(0, chances[i]));
    }

    @Test
    void aCodeThatIsCutShortEnds() throws IOException {
        var decoder = new BinaryDecoder(new ByteArrayInputStream(new byte[0]));
        assertThrows(EOFException.class, () -> {
            for (int i = 0; i < 1000; i++) decoder.code(0, 1 << 15);
        });
    }

    @Property(tries = 50)
    void numbersComeBack(@ForAll long seed) throws IOException {
        var random = new SplittableRandom(seed);
        long[] numbers = random.longs(200)
                .map(number -> number >>> 1 + random.nextInt(63))
                .toArray();
        var encoder = new BinaryEncoder();
        var model = new NumberModel(encoder, new NumberModel.Recent());
        for (int i = 0; i < numbers.length; i++) model.code(kind(i), numbers[i]);
        var decoder = new BinaryDecoder(new ByteArrayInputStream(encoder.finish()));
        var other = new NumberModel(decoder, new NumberModel.Recent());
        for (int i = 0; i < numbers.length; i++) assertEquals(numbers[i], other.code(kind(i), 0));
    }

    private static Kind kind(int i) {
        return Kind.values()[i % Kind.values().length];
    }

    @Property(tries = 30)
    void literalsComeBack(@ForAll long seed) throws IOException {
        var random = new SplittableRandom(seed);
        byte[] image = text(random, 3000);
        var encoder = new BinaryEncoder();
        new LiteralModel(encoder, 1 << 12).code(image.clone(), MARGIN, image.length - MARGIN, 7);
        byte[] made = Arrays.copyOf(image, MARGIN);
        made = Arrays.copyOf(made, image.length);
        var decoder = new BinaryDecoder(new ByteArrayInputStream(encoder.finish()));
        new LiteralModel(decoder, 1 << 12).code(made, MARGIN, made.length - MARGIN, 7);
        assertArrayEquals(image, made);
    }

    @Property(tries = 60)
    void differencesComeBack(@ForAll long seed, @ForAll boolean arm, @ForAll boolean noise) throws IOException {
        byte[][] images = programs(seed, arm, noise);
        byte[] made = images[1].clone();
        Arrays.fill(made, MARGIN, made.length - MARGIN, (byte) 0x55);
        byte[] code = code(images[0], images[1]);
        differences(new BinaryDecoder(new ByteArrayInputStream(code)), images[0], made);
        assertArrayEquals(images[1], made);
    }

    /// The code is part of the format: machines and versions must agree on it.
    @Test
    void codesAreTheSameEverywhere() throws IOException {
        var codes = ByteBuffer.allocate(1 << 16);
        for (int i = 0; i < 4; i++) {
            byte[][] images = programs(i, i % 2 == 0, i > 1);
            codes.put(code(images[0], images[1]));
        }
        var encoder = new BinaryEncoder();
        byte[] text = text(new SplittableRandom(1), 3000);
        new LiteralModel(encoder, 1 << 12).code(text, MARGIN, text.length - MARGIN, 0);
        codes.put(encoder.finish());
        assertEquals(
                "9e1fe9448524f350eb3bb05a1f52f10154d0fc78ecb1bfd016d97d743acad604",
                Sha256.of(Arrays.copyOf(codes.array(), codes.position())).toString());
    }

    @Test
    void movedCodeCostsLittle() throws IOException {
        byte[][] images = programs(3, false, false);
        int calls = (images[0].length - 2 * MARGIN - 0x1000) / 16;
        int length = code(images[0], images[1]).length;
        assertTrue(length < calls / 2, length + " bytes for " + calls + " calls");
    }

    private static byte[] code(byte[] base, byte[] image) throws IOException {
        var encoder = new BinaryEncoder();
        differences(encoder, base, image.clone());
        return encoder.finish();
    }

    private static void differences(BinaryCoder coder, byte[] base, byte[] image) throws IOException {
        int length = base.length - 2 * MARGIN;
        var olds = new Elves();
        olds.feed(base, MARGIN, length);
        var news = new Elves();
        var map = new AddressMap(olds, news);
        // The later half of the program has moved by sixteen bytes.
        long half = length / 2;
        map.regions(new long[] {half, 0}, new long[] {half + 16, 0}, new long[] {length - half, half}, 2);
        var model = new DifferenceModel(coder, 1 << 16);
        var foresight = new DifferenceModel.Foresight(map);
        for (int at = 0; at < length; at += 1000) {
            int count = Math.min(1000, length - at);
            model.code(base, MARGIN + at, image, MARGIN + at, count, at, at, foresight);
            news.feed(image, MARGIN + at, count);
        }
    }

    /// A program full of calls and pointers, and what is made of it when the targets in its later half move.
    private static byte[][] programs(long seed, boolean arm, boolean noise) {
        var random = new SplittableRandom(seed);
        int length = 0x4000;
        var programs = new byte[2][length + 2 * MARGIN];
        for (byte[] program : programs) {
            var elf = ByteBuffer.wrap(program, MARGIN, length).slice().order(ByteOrder.LITTLE_ENDIAN);
            elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
            elf.putShort(18, (short) (arm ? Elf.AARCH64 : Elf.X86_64));
            elf.putLong(32, 64).putShort(56, (short) 1);
            elf.putInt(64, 1).putLong(64 + 8, 0).putLong(64 + 16, 0x400000);
            elf.putLong(64 + 32, length).putLong(64 + 40, length + 0x1000);
        }
        var old = ByteBuffer.wrap(programs[0], MARGIN, length).slice().order(ByteOrder.LITTLE_ENDIAN);
        var now = ByteBuffer.wrap(programs[1], MARGIN, length).slice().order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0x1000; at < length - 0x20; at += 16) {
            int target = random.nextInt(0x1000, length);
            int moved = target < length / 2 ? target : target + 16;
            if (at > length * 3 / 4) {
                old.putLong(at, 0x400000 + target);
                now.putLong(at, 0x400000 + moved);
            } else if (arm) {
                old.putInt(at, 0x94000000 | (target - at) / 4 & 0x3ffffff);
                now.putInt(at, 0x94000000 | (moved - at) / 4 & 0x3ffffff);
            } else {
                old.put(at, (byte) 0xe8).putInt(at + 1, target - at - 5);
                now.put(at, (byte) 0xe8).putInt(at + 1, moved - at - 5);
            }
            if (noise && random.nextInt(4) == 0) now.put(at + random.nextInt(16), (byte) random.nextInt());
        }
        return programs;
    }

    private static byte[] text(SplittableRandom random, int length) {
        byte[] text = new byte[MARGIN + length];
        for (int i = MARGIN; i < text.length; i++) {
            text[i] = i > 500 && random.nextInt(20) > 0 ? text[i - 300] : (byte) random.nextInt(random.nextInt(2, 257));
        }
        return text;
    }
}
