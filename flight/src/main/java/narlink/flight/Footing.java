package narlink.flight;

import java.util.List;
import narlink.wire.Report;

/// What a deployment finds on board of all that it counts on.
///
/// @param unusable what it counts on in vain
/// @param moved whether the store was in another state than the announced one before the first path came; more may
///     have changed then than what is unusable, but nothing that the deployment needs
record Footing(List<Report.Unusable> unusable, boolean moved) {
    static final Footing FIRM = new Footing(List.of(), false);

    Footing {
        unusable = List.copyOf(unusable);
    }

    Footing without(List<Report.Unusable> paths) {
        return new Footing(paths, moved);
    }

    Footing on(boolean movedStore) {
        return new Footing(unusable, movedStore);
    }
}
