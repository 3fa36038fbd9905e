package narlink.ground;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import narlink.Bytes;
import narlink.nix.StorePath;
import narlink.wire.Command.Action;
import narlink.wire.Report.ProfileReport;

/// What may be deleted on board: what no root there, no generation that is to be kept, and nothing that is queued on
/// Earth needs.
///
/// @param dead those that refer to others before these, so that what is deleted first is needed by nothing
/// @param bytes NARs of the dead: about the room that it makes
/// @param dropped generations that retention is to drop first, by profile
public record Cleanup(List<StorePath> dead, long bytes, SortedMap<String, SortedSet<Integer>> dropped) {
    /// A generation's link, or a root of narlink's that holds what it needs: the profile, and the number.
    private static final Pattern GENERATION = Pattern.compile(
            ".*/(?:(?:narlink|narlink-profiles)/([^/]+)-([0-9]{1,9})-link|(?:narlink|narlink-roots|gcroots)/profiles/([^/]+)/([0-9]{1,9})/.*)");

    /// @param mirror with the references of all paths
    /// @param roots on board, by what they are called there
    /// @param profiles as last reported
    /// @param needed paths that something on Earth counts on, with all that they refer to
    /// @param keep generations of each profile; 0: all that are there
    static Cleanup plan(
            Mirror mirror,
            SortedMap<String, StorePath> roots,
            Collection<ProfileReport> profiles,
            Collection<StorePath> needed,
            int keep) {
        var generations = generations(roots.keySet());
        var dropped = new TreeMap<String, SortedSet<Integer>>();
        for (var profile : profiles) {
            var numbers = new TreeSet<>(generations.getOrDefault(profile.name(), new TreeSet<>()));
            // What is not confirmed may go back to any of them.
            if (keep == 0 || !profile.confirmed()) continue;
            for (int i = 0; i < keep && !numbers.isEmpty(); i++) numbers.pollLast();
            numbers.remove(profile.generation());
            if (!numbers.isEmpty()) dropped.put(profile.name(), numbers);
        }
        var alive = new TreeSet<>(needed);
        roots.forEach((name, path) -> {
            if (!isDropped(name, dropped)) alive.add(path);
        });
        var dead = new TreeSet<>(mirror.believed());
        dead.removeAll(closure(mirror, alive));
        long bytes =
                dead.stream().mapToLong(path -> item(mirror, path).narSize()).sum();
        return new Cleanup(referrersFirst(mirror, dead), bytes, dropped);
    }

    private static Map<String, SortedSet<Integer>> generations(Set<String> roots) {
        var generations = new HashMap<String, SortedSet<Integer>>();
        for (var root : roots) {
            var match = GENERATION.matcher(root);
            if (!match.matches()) continue;
            boolean link = match.group(1) != null;
            generations
                    .computeIfAbsent(link ? match.group(1) : match.group(3), name -> new TreeSet<>())
                    .add(Integer.valueOf(link ? match.group(2) : match.group(4)));
        }
        return generations;
    }

    private static boolean isDropped(String root, Map<String, SortedSet<Integer>> dropped) {
        var match = GENERATION.matcher(root);
        if (!match.matches()) return false;
        boolean link = match.group(1) != null;
        var numbers = dropped.get(link ? match.group(1) : match.group(3));
        return numbers != null && numbers.contains(Integer.valueOf(link ? match.group(2) : match.group(4)));
    }

    private static Mirror.Item item(Mirror mirror, StorePath path) {
        var item = mirror.paths().get(path);
        if (item == null) throw new IllegalArgumentException(path + " is not in the mirror");
        return item;
    }

    private static SortedSet<StorePath> references(Mirror mirror, StorePath path) {
        return item(mirror, path)
                .references()
                .orElseThrow(() -> new IllegalArgumentException("references of " + path + " are not known"));
    }

    private static Set<StorePath> closure(Mirror mirror, Collection<StorePath> roots) {
        var closure = new HashSet<StorePath>();
        var wave = new ArrayList<>(roots);
        while (!wave.isEmpty()) {
            var path = wave.removeLast();
            if (mirror.paths().containsKey(path) && closure.add(path)) wave.addAll(references(mirror, path));
        }
        return closure;
    }

    private static List<StorePath> referrersFirst(Mirror mirror, SortedSet<StorePath> paths) {
        var referrers = new HashMap<StorePath, Integer>();
        for (var path : paths) {
            for (var reference : references(mirror, path)) {
                if (!reference.equals(path)) referrers.merge(reference, 1, Integer::sum);
            }
        }
        var ready = new TreeSet<>(paths);
        ready.removeIf(path -> referrers.getOrDefault(path, 0) > 0);
        var order = new ArrayList<StorePath>();
        for (var path = ready.pollFirst(); path != null; path = ready.pollFirst()) {
            order.add(path);
            for (var reference : references(mirror, path)) {
                if (reference.equals(path) || !paths.contains(reference)) continue;
                if (referrers.merge(reference, -1, Integer::sum) == 0) ready.add(reference);
            }
        }
        return order;
    }

    /// The orders that delete the dead, each path named by as much of its digest part as no other path on board has,
    /// and a byte more.
    List<Action.Collect> orders(Mirror mirror) {
        var digests = mirror.believed().stream()
                .map(path -> Bytes.of(path.digestBytes()))
                .sorted()
                .toList();
        int length = Action.Collect.MIN_PREFIX;
        for (int i = 1; i < digests.size(); i++) {
            while (length < Action.Collect.MAX_PREFIX
                    && digests.get(i).startsWith(digests.get(i - 1).slice(0, length))) length++;
        }
        int prefix = Math.min(length + 1, Action.Collect.MAX_PREFIX);
        int most = Action.Collect.MAX_BYTES / prefix;
        var orders = new ArrayList<Action.Collect>();
        for (int from = 0; from < dead.size(); from += most) {
            orders.add(new Action.Collect(dead.subList(from, Math.min(dead.size(), from + most)).stream()
                    .map(path -> Bytes.of(path.digestBytes()).slice(0, prefix))
                    .toList()));
        }
        return orders;
    }

    /// Those of the mirror's paths that an order names.
    static List<StorePath> named(Action.Collect order, Mirror mirror) {
        var prefixes = new HashSet<>(order.paths());
        int length = order.paths().getFirst().size();
        return mirror.believed().stream()
                .filter(path -> prefixes.contains(Bytes.of(path.digestBytes()).slice(0, length)))
                .toList();
    }
}
