package narlink.ground.simulation;

/// I6: no input makes the receiver's state grow past its bound. That none crashes or hangs either end is noticed where
/// that happens: see [Invariants#broken].
final class Bounded implements Invariant {
    private static final int MOST_FILES = 3000;
    private static final long MOST_BYTES = 64L << 20;

    private final Sight sight;

    Bounded(Sight sight) {
        this.sight = sight;
    }

    @Override
    public String name() {
        return "I6";
    }

    @Override
    public void stepped(boolean storeChanged) {
        var disk = sight.board().disk();
        if (disk.files() > MOST_FILES || disk.size() > MOST_BYTES) {
            sight.violated(this, disk.files() + " files of state with " + disk.size() + " bytes");
        }
    }
}
