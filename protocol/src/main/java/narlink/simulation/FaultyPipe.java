package narlink.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Carries frames as a bad link would. Equal seeds and equal frames give equal results, on any machine.
public final class FaultyPipe {
    private final Faults faults;
    private final SplittableRandom random;
    private final List<byte[]> heldBack = new ArrayList<>();
    private long carried;
    private long lost;

    public FaultyPipe(Faults faults, long seed) {
        this.faults = faults;
        this.random = new SplittableRandom(seed);
    }

    /// What comes out at the far end because `frame` went in: none, one or several frames.
    public List<byte[]> carry(byte[] frame) {
        carried++;
        var out = new ArrayList<byte[]>();
        if (hits(faults.loss())) {
            lost++;
        } else {
            var arrived = damage(frame);
            if (hits(faults.reorder())) {
                heldBack.add(arrived);
                return out;
            }
            out.add(arrived);
            if (hits(faults.duplicate())) out.add(arrived.clone());
        }
        out.addAll(heldBack);
        heldBack.clear();
        return out;
    }

    /// What is still on its way when the link closes.
    public List<byte[]> drain() {
        var out = List.copyOf(heldBack);
        heldBack.clear();
        return out;
    }

    public long carried() {
        return carried;
    }

    public long lost() {
        return lost;
    }

    private byte[] damage(byte[] frame) {
        var out = frame.clone();
        if (out.length > 0 && hits(faults.corrupt())) {
            out[random.nextInt(out.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return out.length > 0 && hits(faults.cut()) ? Arrays.copyOf(out, random.nextInt(out.length)) : out;
    }

    private boolean hits(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }
}
