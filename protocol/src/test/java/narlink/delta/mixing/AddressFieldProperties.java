package narlink.delta.mixing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Programs made of one kind of address each, whose targets have moved: where an address is understood, hardly anything
/// is left to tell of it.
final class AddressFieldProperties {
    private static final int MARGIN = DifferenceModel.MARGIN;
    private static final int LENGTH = 0x6000;
    private static final int CODE = 0x1000;
    private static final int CODE_END = 0x4000;
    /// What lies behind it has moved.
    private static final int HALF = 0x5000;

    private static final int MOVED = 16;
    private static final long LOW_BASE = 0x400000;
    private static final long HIGH_BASE = 0x401000;
    private static final int BSS = 0x1000;

    /// How an address is written at a place, 16 bytes apart.
    private enum Style {
        CALL(Elf.X86_64) {
            @Override
            void write(ByteBuffer to, int at, long address, long target, int i) {
                to.put(at, (byte) 0xe8).putInt(at + 1, (int) (target - address - 5));
            }
        },
        JUMP(Elf.X86_64) {
            @Override
            void write(ByteBuffer to, int at, long address, long target, int i) {
                if (i % 2 == 0) to.put(at, (byte) 0xe9).putInt(at + 1, (int) (target - address - 5));
                else to.putShort(at, (short) 0x850f).putInt(at + 2, (int) (target - address - 6));
            }
        },
        RELATIVE(Elf.X86_64) {
            @Override
            void write(ByteBuffer to, int at, long address, long target, int i) {
                to.put(at, (byte) 0x48).put(at + 1, (byte) 0x8d).put(at + 2, (byte) 0x0d);
                to.putInt(at + 3, (int) (target - address - 7));
            }
        },
        BRANCH(Elf.AARCH64) {
            @Override
            void write(ByteBuffer to, int at, long address, long target, int i) {
                int word = i % 2 == 0 ? 0x94000000 : 0x14000000;
                to.putInt(at, word | (int) (target - address >> 2) & 0x3ffffff);
            }
        },
        NEAR(Elf.AARCH64) {
            @Override
            void write(ByteBuffer to, int at, long address, long target, int i) {
                int[] words = {0x54000001, 0x34000003, 0xb5000004, 0x18000005, 0x58000006};
                to.putInt(at, words[i % words.length] | ((int) (target - address >> 2) & 0x7ffff) << 5);
            }
        },
        TEST_BIT(Elf.AARCH64) {
            @Override
            void write(ByteBuffer to, int at, long address, long target, int i) {
                to.putInt(at, 0x36180002 | ((int) (target - address >> 2) & 0x3fff) << 5);
            }
        },
        PAGE_AND_ADD(Elf.AARCH64) {
            @Override
            void write(ByteBuffer to, int at, long address, long target, int i) {
                page(to, at, address, target, i);
                to.putInt(at + 4, 0x91000000 | (int) (target & 0xfff) << 10 | i % 29 << 5 | i % 29);
            }
        },
        PAGE_AND_LOAD(Elf.AARCH64) {
            @Override
            void write(ByteBuffer to, int at, long address, long target, int i) {
                page(to, at, address, target, i);
                boolean wide = i % 2 == 0 && (target & 15) == 0;
                int load = wide ? 0x3dc00000 : 0xf9400000;
                to.putInt(at + 4, load | (int) ((target & 0xfff) >> (wide ? 4 : 3)) << 10 | i % 29 << 5 | 1);
            }
        },
        POINTER(0) {
            @Override
            void write(ByteBuffer to, int at, long address, long target, int i) {
                to.putLong(at, target);
            }
        },
        DATA(0) {
            @Override
            void write(ByteBuffer to, int at, long address, long target, int i) {
                to.putInt(at + 4, (int) (target - address - 4));
            }
        };

        private final int machine;

        Style(int machine) {
            this.machine = machine;
        }

        abstract void write(ByteBuffer to, int at, long address, long target, int i);

        private static void page(ByteBuffer to, int at, long address, long target, int i) {
            int pages = (int) ((target >> 12) - (address >> 12));
            to.putInt(at, 0x90000000 | (pages & 3) << 29 | (pages >> 2 & 0x7ffff) << 5 | i % 29);
        }
    }

    private static int address(int place) {
        return (int) (place < HALF ? LOW_BASE : HIGH_BASE) + place;
    }

    /// A file of two segments, the second with memory that the file does not have.
    private static byte[] file(int machine) {
        byte[] image = new byte[LENGTH + 2 * MARGIN];
        var elf = slice(image);
        elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
        elf.putShort(18, (short) machine).putLong(32, 64).putShort(56, (short) 3);
        segment(elf, 64, 1, 0, LOW_BASE, HALF, HALF);
        segment(elf, 120, 1, HALF, HIGH_BASE + HALF, LENGTH - HALF, LENGTH - HALF + BSS);
        segment(elf, 176, 0x6474e550, CODE_END, LOW_BASE + CODE_END, HALF - CODE_END, HALF - CODE_END);
        return image;
    }

    private static void segment(ByteBuffer elf, int at, int kind, long offset, long address, long file, long memory) {
        elf.putInt(at, kind).putLong(at + 8, offset).putLong(at + 16, address);
        elf.putLong(at + 32, file).putLong(at + 40, memory);
    }

    private static ByteBuffer slice(byte[] image) {
        return ByteBuffer.wrap(image, MARGIN, LENGTH).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /// Old and new.
    private static byte[][] programs(Style style, long seed, boolean noise) {
        var random = new SplittableRandom(seed);
        byte[][] programs = {file(style.machine), file(style.machine)};
        var old = slice(programs[0]);
        var now = slice(programs[1]);
        for (int at = CODE, i = 0; at < CODE_END; at += 16, i++) {
            int place = random.nextInt(0x1000, LENGTH - 2 * MOVED) & -8;
            int moved = place < HALF ? place : place + MOVED;
            style.write(old, at, address(at), address(place), i);
            style.write(now, at, address(at), address(moved), i);
            if (noise && random.nextInt(4) == 0) now.put(at + random.nextInt(16), (byte) random.nextInt());
        }
        return programs;
    }

    private static byte[] code(byte[][] programs) throws IOException {
        var encoder = new BinaryEncoder();
        differences(encoder, programs[0], programs[1].clone());
        return encoder.finish();
    }

    private static void comesBack(byte[][] programs) throws IOException {
        byte[] made = programs[1].clone();
        Arrays.fill(made, MARGIN, MARGIN + LENGTH, (byte) 0x55);
        differences(new BinaryDecoder(new ByteArrayInputStream(code(programs))), programs[0], made);
        assertArrayEquals(programs[1], made);
    }

    private static void differences(BinaryCoder coder, byte[] base, byte[] image) throws IOException {
        var olds = new Elves();
        olds.feed(base, MARGIN, LENGTH);
        var news = new Elves();
        var map = new AddressMap(olds, news);
        map.regions(
                new long[] {0, HALF, HALF + 0x100},
                new long[] {0, HALF + MOVED, HALF + 0x100 + MOVED},
                new long[] {HALF, LENGTH - HALF - MOVED, 0x20},
                3);
        var model = new DifferenceModel(coder, 1 << 16);
        var foresight = new DifferenceModel.Foresight(map);
        for (int at = 0; at < LENGTH; at += 1000) {
            int count = Math.min(1000, LENGTH - at);
            model.code(base, MARGIN + at, image, MARGIN + at, count, at, at, foresight);
            news.feed(image, MARGIN + at, count);
        }
    }

    @ParameterizedTest
    @EnumSource(Style.class)
    void movedTargetsAreForetold(Style style) throws IOException {
        byte[][] programs = programs(style, 1, false);
        comesBack(programs);
        int addresses = (CODE_END - CODE) / 16;
        int length = code(programs).length;
        assertTrue(length < addresses / 5, length + " bytes for " + addresses + " addresses");
    }

    @Property(tries = 60)
    void whateverIsTakenForAnAddressComesBack(@ForAll Style style, @ForAll long seed) throws IOException {
        comesBack(programs(style, seed, true));
    }

    /// Memory behind what the file has moves with the end of its segment; nothing does in the first one.
    @ParameterizedTest
    @EnumSource(names = {"RELATIVE", "POINTER", "PAGE_AND_ADD"})
    void memoryWithoutFileMovesWithItsSegment(Style style) throws IOException {
        byte[][] programs = {file(style.machine), file(style.machine)};
        var random = new SplittableRandom(7);
        slice(programs[1]).putLong(120 + 32, LENGTH - HALF + 64);
        for (int at = CODE, i = 0; at < CODE_END; at += 16, i++) {
            int target = address(LENGTH + (random.nextInt(BSS - 64) & -8));
            style.write(slice(programs[0]), at, address(at), target, i);
            style.write(slice(programs[1]), at, address(at), target + 64L, i);
        }
        comesBack(programs);
        assertTrue(code(programs).length < (CODE_END - CODE) / 16 / 5);
    }

    /// In a table into which entries were put, the base's entry that is meant stands further on.
    @Property(tries = 20)
    void shiftedTablesAreFollowed(@ForAll @IntRange(min = -3, max = 3) int by, @ForAll long seed) throws IOException {
        byte[][] programs = {file(0), file(0)};
        var random = new SplittableRandom(seed);
        int entries = (CODE_END - CODE) / 8;
        long[] targets = random.longs(entries + 20, 0x1000, HALF).toArray();
        for (int i = 0; i < entries; i++) {
            slice(programs[0]).putLong(CODE + 8 * i, address((int) targets[i + 10] & -8));
            int shifted = i < entries / 4 ? i : i + by;
            slice(programs[1]).putLong(CODE + 8 * i, address((int) targets[shifted + 10] & -8));
        }
        comesBack(programs);
        int length = code(programs).length;
        assertTrue(length < entries / 4, length + " bytes for " + entries + " entries");
    }

    /// Pairs of where a function begins and where it is described, relative to the table's beginning.
    @Property(tries = 10)
    void tablesOfUnwindingAreForetold(@ForAll long seed, @ForAll @IntRange(max = 2) int by) throws IOException {
        byte[][] programs = {file(Elf.X86_64), file(Elf.X86_64)};
        var random = new SplittableRandom(seed);
        int pairs = (HALF - CODE_END) / 8 - 8;
        int[] places = random.ints(pairs + 8, HALF, LENGTH - MOVED).sorted().toArray();
        for (int i = 0; i < pairs; i++) {
            int shifted = i < pairs / 4 ? i : i + by;
            pair(slice(programs[0]), i, places[i]);
            pair(slice(programs[1]), i, places[shifted] + MOVED);
        }
        comesBack(programs);
        int length = code(programs).length;
        assertTrue(length < pairs, length + " bytes for " + pairs + " pairs");
    }

    private static void pair(ByteBuffer to, int i, int place) {
        long table = LOW_BASE + CODE_END;
        to.putInt(CODE_END + 8 * i, (int) (address(place) - table));
        to.putInt(CODE_END + 8 * i + 4, (int) (address(HALF + place % 512) - table));
    }
}
