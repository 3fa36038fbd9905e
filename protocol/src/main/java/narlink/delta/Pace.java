package narlink.delta;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// How far a decoder has got in the bytes of a mixed stream, by how far it has got in what the stream gives; for laying
/// out the pack.
final class Pace {
    private long[] chunks = new long[16]; // What was given when a chunk was first needed.
    private int count;
    private final List<Long> ends = new ArrayList<>();
    private long given;
    private long taken;

    /// @param more what is given now
    /// @param taken coded bytes that this takes, in all
    void give(long more, long taken) {
        for (; (long) count * Streams.CHUNK < taken; count++) {
            if (count == chunks.length) chunks = Arrays.copyOf(chunks, 2 * count);
            chunks[count] = given;
        }
        given += more;
        this.taken = taken;
    }

    void endPath() {
        ends.add(taken);
    }

    /// What is given in all.
    long given() {
        return given;
    }

    /// How many chunks it takes to give so much.
    int chunks(long given) {
        int found = Arrays.binarySearch(chunks, 0, count, given);
        if (found < 0) return -found - 1;
        while (found > 0 && chunks[found - 1] == given) found--;
        return found;
    }

    /// Coded bytes that a path takes.
    long taken(int path) {
        return ends.get(path) - (path == 0 ? 0 : ends.get(path - 1));
    }
}
