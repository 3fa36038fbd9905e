package narlink.delta;

import java.util.Optional;
import java.util.Set;

/// Opens everything in the bases of a path but for a few places, numbered in the order in which they begin.
final class BaseGate implements Opener.Gate {
    private static final Recipe.Packed ADMITTED = new Recipe.Packed(0, new byte[0], Optional.empty());

    private final Set<Integer> closed;
    private int next;

    BaseGate(Set<Integer> closed) {
        this.closed = closed;
    }

    @Override
    public Optional<Recipe.Packed> admit(String place, Opener.Candidate candidate) {
        return closed.contains(next++) ? Optional.empty() : Optional.of(ADMITTED);
    }
}
