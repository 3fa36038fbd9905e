package narlink.ground;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.SplittableRandom;
import narlink.nix.PathInfo;
import narlink.nix.Store;

/// A sample of what a path contains, by which its relatives are found whatever they are called. Wherever the hash of
/// the last 64 bytes has a certain form it is a feature; two paths share about one feature for each KiB that they have
/// in common, wherever it stands in them.
final class Sketch {
    /// Bytes that a feature stands for, on average.
    static final int BYTES_PER_FEATURE = 1 << 10;

    /// A hash below this one is a feature.
    private static final long LEAST_OTHER = Long.divideUnsigned(-1L, BYTES_PER_FEATURE);

    private static final long[] GEAR = new SplittableRandom(1).longs(256).toArray();

    private long[] features = new long[64];
    private int count;

    static Sketch of(Store store, PathInfo info) throws IOException {
        var sketch = new Sketch();
        store.nar(info.path(), sketch.new Sampler());
        Arrays.sort(sketch.features, 0, sketch.count);
        int distinct = 0;
        for (int i = 0; i < sketch.count; i++) {
            if (i == 0 || sketch.features[i] != sketch.features[i - 1]) {
                sketch.features[distinct++] = sketch.features[i];
            }
        }
        sketch.features = Arrays.copyOf(sketch.features, distinct);
        sketch.count = distinct;
        return sketch;
    }

    int size() {
        return count;
    }

    /// How many features of this one the other has.
    int shared(Sketch other) {
        int shared = 0;
        for (int i = 0, j = 0; i < count && j < other.count; ) {
            if (features[i] == other.features[j]) {
                shared++;
                i++;
                j++;
            } else if (features[i] < other.features[j]) i++;
            else j++;
        }
        return shared;
    }

    /// What the other does not have.
    Sketch without(Sketch other) {
        var left = new Sketch();
        left.features = Arrays.stream(features)
                .filter(feature -> Arrays.binarySearch(other.features, feature) < 0)
                .toArray();
        left.count = left.features.length;
        return left;
    }

    private final class Sampler extends OutputStream {
        private long hash;

        @Override
        public void write(int b) {
            hash = (hash << 1) + GEAR[b & 0xff];
            if (Long.compareUnsigned(hash, LEAST_OTHER) >= 0) return;
            if (count == features.length) features = Arrays.copyOf(features, 2 * count);
            features[count++] = hash;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            for (int i = offset; i < offset + length; i++) write(bytes[i]);
        }
    }
}
