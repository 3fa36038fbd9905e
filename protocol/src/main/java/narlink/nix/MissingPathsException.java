package narlink.nix;

import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/// Paths that had to be valid in a store, and aren't.
public final class MissingPathsException extends IOException {
    private static final long serialVersionUID = 1;
    private static final int NAMED = 5; // Enough to look into it; the rest is in the exception.

    private final transient SortedSet<StorePath> paths;

    public MissingPathsException(String store, Collection<StorePath> paths) {
        this(store, (SortedSet<StorePath>) new TreeSet<>(paths));
    }

    private MissingPathsException(String store, SortedSet<StorePath> paths) {
        super("not valid in " + store + ": "
                + String.join(
                        ", ",
                        paths.stream().limit(NAMED).map(StorePath::toString).toList())
                + (paths.size() > NAMED ? " and " + (paths.size() - NAMED) + " more" : ""));
        this.paths = Collections.unmodifiableSortedSet(paths);
    }

    public SortedSet<StorePath> paths() {
        return paths;
    }
}
