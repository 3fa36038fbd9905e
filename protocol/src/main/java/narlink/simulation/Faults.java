package narlink.simulation;

/// How bad a link is: each a probability per frame, independent of the others.
///
/// @param loss a frame does not arrive
/// @param duplicate it arrives twice
/// @param reorder it is held back behind the next one
/// @param corrupt one bit of it is flipped
/// @param cut it arrives only in part
public record Faults(double loss, double duplicate, double reorder, double corrupt, double cut) {
    public static final Faults NONE = new Faults(0, 0, 0, 0, 0);

    public Faults {
        check(loss);
        check(duplicate);
        check(reorder);
        check(corrupt);
        check(cut);
    }

    public static Faults loss(double loss) {
        return new Faults(loss, 0, 0, 0, 0);
    }

    private static void check(double probability) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("a probability is between 0 and 1, not " + probability);
        }
    }
}
