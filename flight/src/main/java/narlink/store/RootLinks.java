package narlink.store;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import narlink.nix.StorePath;

/// GC roots as symlinks in one directory, which Nix searches or keeps a register of. A name can't leave it.
final class RootLinks {
    private static final Pattern NAME = Pattern.compile("(?!\\.)[0-9a-zA-Z+\\-._?=]{1,255}");
    private static final int MAX_DEPTH = 8;
    private static final String UNFINISHED = ".new-"; // No name begins with a dot.

    private final Path directory;

    RootLinks(Path directory) {
        this.directory = directory;
    }

    Path directory() {
        return directory;
    }

    /// Whether roots can be made here; makes the directory if need be.
    boolean isWritable() {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) { // Then it's another's, and that is the answer.
            return false;
        }
        return Files.isWritable(directory);
    }

    /// Makes or replaces the links; durable on return.
    void put(Map<String, StorePath> roots) throws IOException {
        var changed = new TreeSet<Path>();
        for (var root : roots.entrySet()) {
            var link = link(root.getKey());
            var parent = parent(link);
            Files.createDirectories(parent);
            var unfinished = parent.resolve(UNFINISHED + link.getFileName());
            Files.deleteIfExists(unfinished);
            Files.createSymbolicLink(unfinished, Path.of(root.getValue().toString()));
            Files.move(unfinished, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            for (var each = parent; each.startsWith(directory); each = parent(each)) {
                changed.add(each);
            }
            changed.add(parent(directory));
        }
        for (var each : changed) {
            FileSystem.directory(each);
        }
    }

    void remove(String name) throws IOException {
        var link = link(name);
        if (!Files.isSymbolicLink(link)) {
            return;
        }
        Files.delete(link);
        var last = parent(link);
        while (!last.equals(directory) && deleteIfEmpty(last)) {
            last = parent(last);
        }
        FileSystem.directory(last);
    }

    private static boolean deleteIfEmpty(Path directory) throws IOException {
        try {
            Files.delete(directory);
            return true;
        } catch (DirectoryNotEmptyException e) { // Other roots live there.
            return false;
        }
    }

    /// All links that lead to store paths, by their names. What else people may have put here is left out.
    SortedMap<String, StorePath> all() throws IOException {
        var roots = new TreeMap<String, StorePath>();
        if (!Files.isDirectory(directory)) {
            return roots;
        }
        try (var files = Files.walk(directory, MAX_DEPTH)) {
            for (var file : (Iterable<Path>) files.filter(Files::isSymbolicLink)::iterator) {
                var name = directory.relativize(file).toString();
                if (!String.valueOf(file.getFileName()).startsWith(UNFINISHED)) {
                    target(file).ifPresent(path -> roots.put(name, path));
                }
            }
        }
        return roots;
    }

    private static Optional<StorePath> target(Path link) throws IOException {
        try {
            return Optional.of(StorePath.parse(Files.readSymbolicLink(link).toString()));
        } catch (IllegalArgumentException e) { // A profile's link to its generation, for instance.
            return Optional.empty();
        }
    }

    /// The symlink that holds the root `name`.
    Path link(String name) throws IOException {
        var parts = name.split("/", -1);
        var link = directory;
        for (var part : parts) {
            if (parts.length > MAX_DEPTH || !NAME.matcher(part).matches()) {
                throw new IllegalArgumentException("not the name of a GC root: \"" + name + '"');
            }
            if (Files.isSymbolicLink(link) && !link.equals(directory)) {
                throw new IOException("GC root " + name + " would lead through another one, " + link);
            }
            link = link.resolve(part);
        }
        return link;
    }

    private static Path parent(Path path) {
        return Objects.requireNonNull(path.getParent(), "no roots lie in /");
    }
}
