package narlink.ground;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.StorePath;
import narlink.wire.Report.ProfileReport;
import org.junit.jupiter.api.Test;

final class CleanupTest {
    private static final StorePath LIBRARY = path("library");
    private static final StorePath PLUGIN = path("plugin");
    private static final StorePath OLD = path("tool-1");
    private static final StorePath NEW = path("tool-2");
    private static final StorePath OTHER = path("other");

    private final Mirror mirror = Mirror.of(
            List.of(item(LIBRARY), item(PLUGIN), item(OLD, LIBRARY, PLUGIN), item(NEW, LIBRARY), item(OTHER, OTHER)));

    private static StorePath path(String name) {
        return StorePath.of(Sha256.of(Bytes.ofUtf8(name)).bytes().slice(0, 20).toArray(), name);
    }

    private static Mirror.Item item(StorePath path, StorePath... references) {
        return new Mirror.Item(
                path,
                Sha256.of(new byte[0]).bytes(),
                100,
                Optional.of(new TreeSet<>(List.of(references))),
                Mirror.Belief.ACKNOWLEDGED);
    }

    /// As the three kinds of stores call them: Nix's own directories, those of a user who may not write them, a cache.
    private static List<SortedMap<String, StorePath>> roots() {
        return List.of(
                new TreeMap<>(java.util.Map.of(
                        "/nix/var/nix/profiles/narlink/default-1-link",
                        OLD,
                        "/nix/var/nix/gcroots/narlink/profiles/default/1/" + OLD.baseName(),
                        OLD,
                        "/nix/var/nix/profiles/narlink/default-2-link",
                        NEW)),
                new TreeMap<>(java.util.Map.of(
                        "/home/me/state/roots/gcroots/profiles/default/1/" + OLD.baseName(), OLD,
                        "/home/me/state/roots/gcroots/profiles/default/2/" + NEW.baseName(), NEW)),
                new TreeMap<>(java.util.Map.of(
                        "/srv/cache/narlink-profiles/default-1-link",
                        OLD,
                        "/srv/cache/narlink-roots/profiles/default/1/" + OLD.baseName(),
                        OLD,
                        "/srv/cache/narlink-profiles/default-2-link",
                        NEW)));
    }

    private Cleanup plan(SortedMap<String, StorePath> roots, Set<StorePath> needed, int keep, boolean confirmed) {
        var profile = new ProfileReport("default", 2, Bytes.of(NEW.digestBytes()), confirmed, Optional.empty());
        return Cleanup.plan(mirror, roots, List.of(profile), needed, keep);
    }

    @Test
    void whatOnlyADroppedGenerationNeedsGoesReferrersFirst() {
        for (var roots : roots()) {
            var plan = plan(roots, Set.of(), 1, true);
            assertEquals(Set.of(OLD, PLUGIN, OTHER), Set.copyOf(plan.dead()));
            assertTrue(plan.dead().indexOf(OLD) < plan.dead().indexOf(PLUGIN));
            assertEquals(300, plan.bytes());
            assertEquals(new TreeSet<>(Set.of(1)), plan.dropped().get("default"));
        }
    }

    @Test
    void whatIsKeptQueuedOrNotConfirmedStays() {
        for (var roots : roots()) {
            assertEquals(List.of(OTHER), plan(roots, Set.of(), 2, true).dead());
            assertEquals(List.of(OTHER), plan(roots, Set.of(), 0, true).dead());
            assertEquals(List.of(OTHER), plan(roots, Set.of(), 1, false).dead(), "it may go back");
            assertEquals(
                    Set.of(OLD, OTHER),
                    Set.copyOf(plan(roots, Set.of(PLUGIN), 1, true).dead()));
            roots.put("/nix/var/nix/gcroots/by-hand", OTHER);
            assertEquals(List.of(), plan(roots, Set.of(), 0, true).dead());
        }
    }

    @Test
    void ordersNameJustTheDead() {
        var plan = plan(roots().getFirst(), Set.of(), 1, true);
        var orders = plan.orders(mirror);
        assertEquals(1, orders.size());
        assertEquals(Set.copyOf(plan.dead()), Set.copyOf(Cleanup.named(orders.getFirst(), mirror)));
    }
}
