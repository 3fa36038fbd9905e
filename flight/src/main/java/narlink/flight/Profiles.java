package narlink.flight;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import narlink.nix.StorePath;
import narlink.pack.ProfileName;

/// Ordinary Nix profiles in one directory: `NAME-7-link` → store path is generation 7, and `NAME` → `NAME-7-link` is
/// what is current. `nix-env -p` lists and switches them.
final class Profiles {
    private static final Pattern GENERATION = Pattern.compile("(.+)-([0-9]{1,9})-link");

    private final Path directory;

    Profiles(Path directory) {
        this.directory = directory;
    }

    /// One profile.
    ///
    /// @param generation current one
    record Profile(ProfileName name, int generation, StorePath path) {}

    Path link(ProfileName name) {
        return directory.resolve(name.value());
    }

    /// Makes a generation of `path`, or takes the newest one if it is of that path already; not yet current.
    int generation(ProfileName name, StorePath path) throws IOException {
        Files.createDirectories(directory);
        var generations = generations(name);
        if (!generations.isEmpty() && generations.lastEntry().getValue().equals(path)) return generations.lastKey();
        int number = generations.isEmpty() ? 1 : generations.lastKey() + 1;
        replaceLink(directory.resolve(name + "-" + number + "-link"), path.toString());
        return number;
    }

    /// Makes a generation the current one.
    void activate(ProfileName name, int generation) throws IOException {
        replaceLink(link(name), name + "-" + generation + "-link");
    }

    /// Takes the profile away, its generations not.
    void deactivate(ProfileName name) throws IOException {
        Files.deleteIfExists(link(name));
        force();
    }

    Optional<Profile> current(ProfileName name) throws IOException {
        var target = readLink(link(name));
        if (target.isEmpty()) return Optional.empty();
        var match = GENERATION.matcher(target.get());
        if (!match.matches() || !match.group(1).equals(name.value())) return Optional.empty();
        int number = Integer.parseInt(match.group(2));
        return Optional.ofNullable(generations(name).get(number)).map(path -> new Profile(name, number, path));
    }

    NavigableMap<Integer, StorePath> generations(ProfileName name) throws IOException {
        var generations = new TreeMap<Integer, StorePath>();
        for (var file : files()) {
            var match = GENERATION.matcher(file);
            if (!match.matches() || !match.group(1).equals(name.value())) continue;
            var target = readLink(directory.resolve(file)).flatMap(Profiles::storePath);
            if (target.isPresent()) generations.put(Integer.parseInt(match.group(2)), target.get());
        }
        return generations;
    }

    List<Profile> all() throws IOException {
        var profiles = new ArrayList<Profile>();
        for (var file : files()) {
            // Others may keep files of their own here.
            if (file.endsWith(".tmp") || !ProfileName.isValid(file)) continue;
            current(new ProfileName(file)).ifPresent(profiles::add);
        }
        return profiles;
    }

    private List<String> files() throws IOException {
        try (var entries = Files.list(directory)) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private void replaceLink(Path link, String target) throws IOException {
        var temporary = directory.resolve(link.getFileName() + ".tmp");
        Files.deleteIfExists(temporary);
        Files.createSymbolicLink(temporary, Path.of(target));
        Files.move(temporary, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        force();
    }

    private void force() throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static Optional<StorePath> storePath(String target) {
        try {
            return Optional.of(StorePath.parse(target));
        } catch (IllegalArgumentException e) { // Nobody's generation.
            return Optional.empty();
        }
    }

    private static Optional<String> readLink(Path link) throws IOException {
        try {
            return Optional.of(Files.readSymbolicLink(link).toString());
        } catch (NoSuchFileException | NotLinkException e) {
            return Optional.empty();
        }
    }
}
