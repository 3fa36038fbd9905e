package narlink.ground;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import narlink.nix.PathInfo;
import narlink.nix.SecretKey;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.wire.Report.ProfileReport;

/// Makes a store on Earth hold what a satellite's mirror says, and keep alive what is kept alive on board, so that an
/// update can be tried on Earth first. All roots and profiles of narlink in that store are the twin's: what trying an
/// update left there goes.
public final class Twin {
    private static final String ROOTS = "board/";
    /// A generation among the roots of a store.
    private static final Pattern GENERATION =
            Pattern.compile(".*/(?:narlink|narlink-profiles)/([^/]+-[0-9]{1,9}-link)");

    private final Mirror mirror;
    private final SortedMap<String, StorePath> roots;
    private final List<ProfileReport> profiles;
    private final SecretKey key;

    /// @param roots on board, by what they are called there; empty where they are not known: then all is kept alive
    /// @param profiles as last reported
    /// @param key signs what is copied; the twin has to trust it
    public Twin(Mirror mirror, SortedMap<String, StorePath> roots, List<ProfileReport> profiles, SecretKey key) {
        this.mirror = mirror;
        this.roots = roots;
        this.profiles = profiles;
        this.key = key;
    }

    /// What became of it.
    ///
    /// @param lacking paths of the mirror that no store on Earth has with these contents, or whose references are such
    public record Made(int copied, int deleted, List<StorePath> lacking) {}

    /// Copies what is missing and deletes what is too much.
    public Made refresh(Store twin, List<Store> earth) throws IOException {
        link(twin, Set.of());
        int deleted = delete(twin);
        var lacking = new TreeSet<>(mirror.believed());
        lacking.removeAll(twin.validPaths());
        int copied = 0;
        for (var store : earth) {
            var found = new TreeMap<StorePath, PathInfo>();
            for (var info : store.infos(lacking).values()) {
                var item = mirror.paths().get(info.path());
                if (item != null && item.has(info.narHash())) found.put(info.path(), info);
            }
            for (var path : store.inReferenceOrder(found.keySet())) {
                var info = Optional.ofNullable(found.get(path)).orElseThrow();
                if (info.references().stream().anyMatch(other -> !other.equals(path) && lacking.contains(other)))
                    continue;
                copy(store, info, twin);
                lacking.remove(path);
                copied++;
            }
        }
        twin.sync();
        link(twin, twin.validPaths());
        twin.release();
        return new Made(copied, deleted, List.copyOf(lacking));
    }

    /// Has roots and profiles follow those on board, as far as they lead to these paths.
    private void link(Store twin, Set<StorePath> present) throws IOException {
        var wanted = new TreeMap<String, StorePath>();
        for (var path : roots.isEmpty() ? mirror.believed() : roots.values()) {
            if (present.contains(path)) wanted.put(ROOTS + path.baseName(), path);
        }
        twin.root(wanted);
        for (var name : twin.roots().keySet()) {
            if (!wanted.containsKey(name)) twin.unroot(name);
        }
        var links = links(present);
        Files.createDirectories(twin.profiles());
        try (var files = Files.list(twin.profiles())) {
            for (var file : (Iterable<Path>) files::iterator) {
                if (Files.isSymbolicLink(file)) Files.delete(file);
            }
        }
        for (var link : links.entrySet()) {
            Files.createSymbolicLink(twin.profiles().resolve(link.getKey()), Path.of(link.getValue()));
        }
    }

    /// The links of Nix's profiles, by name.
    private SortedMap<String, String> links(Set<StorePath> present) {
        var links = new TreeMap<String, String>();
        roots.forEach((root, path) -> {
            var generation = GENERATION.matcher(root);
            if (generation.matches() && present.contains(path)) links.put(generation.group(1), path.toString());
        });
        for (var profile : profiles) {
            var generation = profile.name() + "-" + profile.generation() + "-link";
            present.stream().filter(path -> profile.leadsTo(path)).forEach(path -> {
                links.put(generation, path.toString());
                links.put(profile.name(), generation);
            });
        }
        return links;
    }

    private int delete(Store twin) throws IOException {
        var surplus = new ArrayList<StorePath>();
        for (var info : twin.infos(twin.validPaths()).values()) {
            var item = mirror.paths().get(info.path());
            if (item == null || !item.has(info.narHash())) surplus.add(info.path());
        }
        var alive = new TreeSet<>(surplus);
        alive.removeAll(twin.dead());
        if (!alive.isEmpty()) {
            throw new IOException("roots in " + twin.url() + " hold what is not on board: " + alive.first()
                    + "; remove them, or make the twin anew elsewhere");
        }
        if (!surplus.isEmpty()) twin.collectGarbage(surplus);
        return surplus.size();
    }

    private void copy(Store from, PathInfo info, Store twin) throws IOException {
        var file = Files.createTempFile("narlink-twin", ".nar");
        try {
            try (var out = Files.newOutputStream(file)) {
                from.nar(info.path(), out);
            }
            try (var in = Files.newInputStream(file)) {
                twin.add(info.signedBy(key), in);
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
