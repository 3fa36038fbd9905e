package narlink.ground;

import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalInt;

/// Where a deployment stands in its satellite's queue: by priority, then where it was put by hand, then by deadline,
/// then by number.
///
/// @param priority higher ones go first
/// @param position among those of one priority, where it was put there by hand
/// @param deadline by when it should be on board
public record Place(int deployment, int priority, OptionalInt position, Optional<Instant> deadline)
        implements Comparable<Place> {
    private static final Comparator<Place> ORDER = Comparator.comparing(Place::priority, Comparator.reverseOrder())
            .thenComparing(place -> place.position.orElse(Integer.MAX_VALUE))
            .thenComparing(place -> place.deadline.orElse(Instant.MAX))
            .thenComparing(Place::deployment);

    /// The one of a deployment that nobody said anything of.
    public static Place of(int deployment) {
        return new Place(deployment, 0, OptionalInt.empty(), Optional.empty());
    }

    Place at(int newPriority, int newPosition) {
        return new Place(deployment, newPriority, OptionalInt.of(newPosition), deadline);
    }

    @Override
    public int compareTo(Place other) {
        return ORDER.compare(this, other);
    }
}
