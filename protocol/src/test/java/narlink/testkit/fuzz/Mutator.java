package narlink.testkit.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Makes new inputs of old ones: some small changes each, of kinds that decoders trip over.
final class Mutator {
    private static final long[] TELLING = {0, 1, -1, 127, 128, 255, 256, 32_767, 65_535, 65_536, Integer.MAX_VALUE};

    private final SplittableRandom random;
    private final int longest;

    Mutator(SplittableRandom random, int longest) {
        this.random = random;
        this.longest = longest;
    }

    /// @param corpus not empty
    byte[] next(List<byte[]> corpus) {
        byte[] input = pick(corpus).clone();
        for (int changes = 1 << random.nextInt(4); changes > 0; changes--) input = changed(input, corpus);
        return input.length > longest ? Arrays.copyOf(input, longest) : input;
    }

    /// The newest quarter is as likely as all the rest.
    private byte[] pick(List<byte[]> corpus) {
        int size = corpus.size();
        int from = random.nextBoolean() ? size - Math.ceilDiv(size, 4) : 0;
        return corpus.get(random.nextInt(from, size));
    }

    private byte[] changed(byte[] input, List<byte[]> corpus) {
        if (input.length == 0) return new byte[] {(byte) random.nextInt(256)};
        int at = random.nextInt(input.length);
        int length = 1 + random.nextInt(Math.min(input.length - at, 1 << random.nextInt(8)));
        switch (random.nextInt(11)) {
            case 0 -> input[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> input[at] = (byte) random.nextInt(256);
            case 2 -> input[at] += (byte) (random.nextInt(1, 9) * (random.nextBoolean() ? 1 : -1));
            case 3 -> number(input, at, TELLING[random.nextInt(TELLING.length)] + random.nextInt(-1, 2));
            case 4 -> Arrays.fill(input, at, at + length, input[random.nextInt(input.length)]);
            case 5 -> {
                return spliced(input, at, at + length, new byte[0]);
            }
            case 6 -> {
                return spliced(input, at, at, Arrays.copyOfRange(input, at, at + length));
            }
            case 7 -> {
                return spliced(input, at, at, noise(length));
            }
            case 8 -> {
                return spliced(input, at, at + length, part(pick(corpus)));
            }
            case 9 -> {
                return spliced(input, at, at, part(pick(corpus)));
            }
            default -> {
                byte[] other = pick(corpus);
                int from = other.length == 0 ? 0 : random.nextInt(other.length);
                return spliced(input, at, input.length, Arrays.copyOfRange(other, from, other.length));
            }
        }
        return input;
    }

    /// Little endian or big endian, as many bytes as there is room for: 1, 2, 4 or 8.
    private void number(byte[] input, int at, long value) {
        int bytes = Math.min(1 << random.nextInt(4), Integer.highestOneBit(input.length - at));
        boolean little = random.nextBoolean();
        for (int i = 0; i < bytes; i++) input[at + i] = (byte) (value >>> 8 * (little ? i : bytes - 1 - i));
    }

    private byte[] noise(int length) {
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        return noise;
    }

    private byte[] part(byte[] of) {
        if (of.length == 0) return of;
        int from = random.nextInt(of.length);
        return Arrays.copyOfRange(of, from, from + 1 + random.nextInt(Math.min(of.length - from, 64)));
    }

    private static byte[] spliced(byte[] input, int from, int to, byte[] piece) {
        byte[] out = new byte[from + piece.length + input.length - to];
        System.arraycopy(input, 0, out, 0, from);
        System.arraycopy(piece, 0, out, from, piece.length);
        System.arraycopy(input, to, out, from + piece.length, input.length - to);
        return out;
    }
}
