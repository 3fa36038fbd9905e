package narlink.ground;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import narlink.inventory.IdList;
import narlink.nix.StorePath;

/// Paths that Earth knows and that may be on board: those of the mirror, of past deployments, of the stores on Earth.
final class Candidates {
    private final Map<Long, Mirror.Item> byId = new HashMap<>();
    private final Map<Long, Mirror.Item> byPrefix = new HashMap<>();
    private final Set<Long> ambiguous = new HashSet<>();
    private final Set<StorePath> paths = new HashSet<>();

    /// Later ones with the same contents count only for what the earlier ones don't tell.
    Candidates(Collection<Mirror.Item> items) {
        for (var item : items) {
            var merged = byId.merge(item.id(), item, Candidates::merge);
            paths.add(item.path());
            long prefix = IdList.prefix(item.id());
            var other = byPrefix.put(prefix, merged);
            if (other != null && other.id() != item.id()) ambiguous.add(prefix);
        }
    }

    private static Mirror.Item merge(Mirror.Item one, Mirror.Item other) {
        boolean sized = one.isWhole() && one.narSize() > 0 || other.narSize() == 0; // Others may be rounded.
        return new Mirror.Item(
                one.path(),
                one.isWhole() ? one.narHash() : other.narHash(),
                sized ? one.narSize() : other.narSize(),
                one.references().isPresent() ? one.references() : other.references(),
                one.belief());
    }

    boolean isEmpty() {
        return byId.isEmpty();
    }

    Optional<Mirror.Item> byId(long id) {
        return Optional.ofNullable(byId.get(id));
    }

    /// By what an [IdList] tells.
    Optional<Mirror.Item> byPrefix(long prefix) {
        return ambiguous.contains(prefix) ? Optional.empty() : Optional.ofNullable(byPrefix.get(prefix));
    }

    /// Whether the path is known, with whatever contents.
    boolean knows(StorePath path) {
        return paths.contains(path);
    }
}
