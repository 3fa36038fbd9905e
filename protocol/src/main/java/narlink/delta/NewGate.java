package narlink.delta;

import java.io.IOException;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Opens in a new path what can be packed again bit for bit, and remembers what can't.
final class NewGate implements Opener.Gate {
    /// Files of a path's slow formats, one after the other, that were tried in vain before no more are.
    private static final int MOST_VAIN = 16;

    private final Set<Opener.Format> opened;
    private final Set<String> opaque = new HashSet<>();
    private final Map<Opener.Format, Integer> vain = new EnumMap<>(Opener.Format.class);
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
        int tried = vain.getOrDefault(candidate.format(), 0);
        boolean isTried =
                recipes > 0 && opened.contains(candidate.format()) && (tried < MOST_VAIN || !isSlow(candidate));
        var packed = isTried ? Packing.find(candidate) : Optional.<Recipe.Packed>empty();
        vain.put(candidate.format(), packed.isPresent() ? 0 : tried + 1);
        if (packed.isEmpty() || packed.get().header().length > headers) {
            opaque.add(place);
            return Optional.empty();
        }
        recipes--;
        headers -= packed.get().header().length;
        return packed;
    }

    /// Whether finding out takes long, which is not worth it where it failed so often.
    private static boolean isSlow(Opener.Candidate candidate) {
        return candidate.format() == Opener.Format.XZ || candidate.format() == Opener.Format.ZSTD;
    }

    boolean isOpaque(String place) {
        return opaque.contains(place);
    }
}
