package narlink.delta;

import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Opens in a new path what can be packed again bit for bit, and remembers what can't.
final class NewGate implements Opener.Gate {
    private final Set<Opener.Format> opened;
    private final Set<String> opaque = new HashSet<>();
    private long recipes;
    private long headers;

    /// @param opened formats to be opened
    /// @param narSize of the path
    NewGate(Set<Opener.Format> opened, long narSize) {
        this.opened = opened;
        // Each may be within members that take a recipe too.
        this.recipes = Recipe.most(narSize) / (Opener.LEVELS + 1);
        this.headers = Recipe.mostHeaders(narSize);
    }

    @Override
    public Optional<Recipe.Packed> admit(String place, Opener.Candidate candidate) throws IOException {
        var packed = recipes > 0 && opened.contains(candidate.format())
                ? Packing.find(candidate)
                : Optional.<Recipe.Packed>empty();
        if (packed.isEmpty() || packed.get().header().length > headers) {
            opaque.add(place);
            return Optional.empty();
        }
        recipes--;
        headers -= packed.get().header().length;
        return packed;
    }

    boolean isOpaque(String place) {
        return opaque.contains(place);
    }
}
