package narlink.nix;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// A place where valid store paths lie: a Nix store or a binary cache directory. One thread uses it at a time, but
/// for [#abort].
///
/// *Valid* is Nix's word: a path is complete and registered, and so are its references. It is not *durable*: that
/// comes with [#sync].
public interface Store extends Closeable {
    /// What is known of `path`; empty if it isn't valid.
    Optional<PathInfo> info(StorePath path) throws IOException;

    /// [#info] of many paths; those that aren't valid are left out.
    default SortedMap<StorePath, PathInfo> infos(Collection<StorePath> paths) throws IOException {
        var infos = new TreeMap<StorePath, PathInfo>();
        for (var path : paths) {
            info(path).ifPresent(info -> infos.put(path, info));
        }
        return infos;
    }

    /// The valid path with this hash part of 32 digits.
    Optional<StorePath> find(String hashPart) throws IOException;

    SortedSet<StorePath> validPaths() throws IOException;

    /// Writes the path's NAR to `out`, then compares it with [#info].
    ///
    /// @throws DamagedPathException if it differs; some of it was written by then
    /// @throws MissingPathsException if the path isn't valid
    void nar(StorePath path, OutputStream out) throws IOException;

    /// Imports a path: makes it valid with just these contents, or leaves it as it was. The NAR is read strictly
    /// while it streams, its last bytes held back until grammar, size and hash are through. Where the path is valid
    /// already with the same contents, nothing happens and `nar` isn't read.
    ///
    /// @param nar must end with the NAR
    /// @throws DifferentPathException if the path is valid with other contents
    /// @throws MissingPathsException if a reference isn't valid
    /// @throws NarException if `nar` isn't the canonical NAR that `info` announces
    void add(PathInfo info, InputStream nar) throws IOException;

    /// Imports a path anew over what lies there, valid or not; else as [#add]. If it fails, what lay there may be lost
    /// while the path still counts as valid: read the NAR elsewhere before, and try until it succeeds.
    void repair(PathInfo info, InputStream nar) throws IOException;

    /// Makes `name` a GC root of `path`, in place of what it rooted before; durable on return. The path need not be
    /// valid yet: make the root first, so that no collection comes in between.
    ///
    /// @param name slash-separated, such as `SAT/17/BASENAME`
    default void root(String name, StorePath path) throws IOException {
        root(Map.of(name, path));
    }

    /// [#root] for many names, which is faster than one by one.
    void root(Map<String, StorePath> added) throws IOException;

    /// Ends a root; nothing happens if there is none.
    void unroot(String name) throws IOException;

    /// The roots that [#root] made.
    Map<String, StorePath> roots() throws IOException;

    /// All roots that the store knows, whoever made them, by names that people understand: links, profiles, what
    /// running processes use. Those that [#root] made are among them.
    Map<String, StorePath> allRoots() throws IOException;

    /// Ends what only this connection keeps alive: all that it imported, as long as it lasts.
    default void release() throws IOException {}

    /// The valid paths that no root needs, of whatever kind.
    SortedSet<StorePath> dead() throws IOException;

    /// Deletes just these paths, which must not be alive nor have valid referrers beside each other. Paths that
    /// aren't valid are fine: what failed imports left of them goes too.
    ///
    /// @return bytes freed
    long collectGarbage(Collection<StorePath> paths) throws IOException;

    /// Makes all imports up to now durable.
    void sync() throws IOException;

    /// The directory for narlink's profile links. Links in it are GC roots, but where we may not write the store's
    /// own directories it is one that Nix doesn't search: there hold what a generation leads to by [#root] too.
    Path profiles();

    /// Where the path's files lie, valid or not; empty if the store keeps no files.
    Optional<Path> physical(StorePath path);

    /// The URL that opens this store.
    String url();

    /// Room for imports.
    long freeBytes() throws IOException;

    /// Inodes that imports may still take; empty where that is no matter.
    default OptionalLong freeNodes() throws IOException {
        return OptionalLong.empty();
    }

    /// From any thread, for a watchdog: what another thread waits for here fails soon with an exception, and can then
    /// be tried again. Nix can make wait for ever: for a lock, or because its disk hangs.
    default void abort() {}

    /// The paths and all that they refer to, directly or not.
    ///
    /// @throws MissingPathsException if one isn't valid
    default SortedSet<StorePath> closure(Collection<StorePath> paths) throws IOException {
        var closure = new TreeSet<StorePath>();
        SortedSet<StorePath> wave = new TreeSet<>(paths);
        while (!wave.isEmpty()) {
            closure.addAll(wave);
            var next = new TreeSet<StorePath>();
            for (var info : infosOfAll(wave).values()) {
                next.addAll(info.references());
            }
            next.removeAll(closure);
            wave = next;
        }
        return closure;
    }

    /// The same paths, references before those that refer to them, else by name.
    ///
    /// @throws MissingPathsException if one isn't valid
    /// @throws IOException if references form a cycle, which no sound store has
    default List<StorePath> inReferenceOrder(Collection<StorePath> paths) throws IOException {
        var infos = infosOfAll(paths);
        var waitsFor = new HashMap<StorePath, Integer>();
        var referrers = new HashMap<StorePath, List<StorePath>>();
        for (var info : infos.values()) {
            var awaited = new HashSet<>(info.references());
            awaited.retainAll(infos.keySet());
            awaited.remove(info.path());
            waitsFor.put(info.path(), awaited.size());
            awaited.forEach(path ->
                    referrers.computeIfAbsent(path, unused -> new ArrayList<>()).add(info.path()));
        }
        var ready = new TreeSet<>(infos.keySet());
        ready.removeIf(path -> waitsFor.getOrDefault(path, 0) > 0);
        var order = new ArrayList<StorePath>(infos.size());
        for (var path = ready.pollFirst(); path != null; path = ready.pollFirst()) {
            order.add(path);
            for (var referrer : referrers.getOrDefault(path, List.of())) {
                if (waitsFor.merge(referrer, -1, Integer::sum) == 0) {
                    ready.add(referrer);
                }
            }
        }
        if (order.size() < infos.size()) {
            throw new IOException("the references of " + url() + " form a cycle; check it with nix-store --verify");
        }
        return order;
    }

    private SortedMap<StorePath, PathInfo> infosOfAll(Collection<StorePath> paths) throws IOException {
        var infos = infos(paths);
        var missing = new TreeSet<>(paths);
        missing.removeAll(infos.keySet());
        if (!missing.isEmpty()) {
            throw new MissingPathsException(url(), missing);
        }
        return infos;
    }
}
