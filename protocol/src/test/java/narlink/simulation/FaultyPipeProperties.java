package narlink.simulation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;

final class FaultyPipeProperties {
    @Property
    void oneSeedOneFate(@ForAll long seed, @ForAll @Size(max = 30) List<byte[]> frames) {
        var faults = new Faults(0.2, 0.1, 0.1, 0.1, 0.1);
        var one = carry(new FaultyPipe(faults, seed), frames);
        var other = carry(new FaultyPipe(faults, seed), frames);
        assertEquals(one.size(), other.size());
        for (int i = 0; i < one.size(); i++) assertArrayEquals(one.get(i), other.get(i));
    }

    @Property
    void withoutFaultsAllArrivesInOrder(@ForAll long seed, @ForAll @Size(max = 30) List<byte[]> frames) {
        var arrived = carry(new FaultyPipe(Faults.NONE, seed), frames);
        assertEquals(frames.size(), arrived.size());
        for (int i = 0; i < frames.size(); i++) assertArrayEquals(frames.get(i), arrived.get(i));
    }

    @Property(tries = 20)
    void itLosesWhatItSays(@ForAll long seed, @ForAll @DoubleRange(min = 0, max = 1) double loss) {
        var pipe = new FaultyPipe(Faults.loss(loss), seed);
        for (int i = 0; i < 10_000; i++) pipe.carry(new byte[] {1});
        assertEquals(loss, (double) pipe.lost() / pipe.carried(), 0.03);
    }

    @Property
    void reorderedFramesAreNotLost(@ForAll long seed, @ForAll @Size(max = 30) List<byte[]> frames) {
        assertEquals(
                frames.size(),
                carry(new FaultyPipe(new Faults(0, 0, 0.5, 0, 0), seed), frames).size());
    }

    private static List<byte[]> carry(FaultyPipe pipe, List<byte[]> frames) {
        var arrived = new ArrayList<byte[]>();
        frames.forEach(frame -> arrived.addAll(pipe.carry(frame)));
        arrived.addAll(pipe.drain());
        return arrived;
    }
}
