package narlink.delta;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// What the files of one new path take of the pack, told while its image is coded.
final class Costs implements ImageBuilder.Watcher {
    /// Of a path only the files that take most are kept.
    private static final int MOST_FILES = 10;

    private final List<String> files = new ArrayList<>();
    private long[] starts = new long[16];
    private long[] bytes = new long[16];
    private long total;
    private List<Codec.FileCost> largest = List.of();

    @Override
    public void file(String place, long at) {
        int number = files.size();
        if (number == starts.length) {
            starts = Arrays.copyOf(starts, 2 * number);
            bytes = Arrays.copyOf(bytes, 2 * number);
        }
        starts[number] = at;
        files.add(place);
    }

    /// @param place in the image
    /// @param taken coded bytes for what is from there on
    void spent(long place, long taken) {
        total += taken;
        int found = Arrays.binarySearch(starts, 0, files.size(), place);
        int file = found < 0 ? -found - 2 : found;
        if (file >= 0) bytes[file] += taken;
    }

    /// No more comes: forgets all but the largest.
    void end() {
        largest = java.util.stream.IntStream.range(0, files.size())
                .filter(file -> bytes[file] > 0)
                .mapToObj(file -> new Codec.FileCost(files.get(file), bytes[file]))
                .sorted(Comparator.comparingLong(Codec.FileCost::bytes).reversed())
                .limit(MOST_FILES)
                .toList();
        files.clear();
        starts = new long[0];
        bytes = new long[0];
    }

    /// The largest, as shares of what the path takes all in all.
    List<Codec.FileCost> largest(long size) {
        return largest.stream()
                .map(file -> new Codec.FileCost(file.file(), Math.round((double) file.bytes() * size / total)))
                .toList();
    }
}
