package narlink.flight;

import java.io.IOException;
import java.nio.file.Path;
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

    private final Disk disk;
    private final Path directory;

    Profiles(Disk disk, Path directory) {
        this.disk = disk;
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
    ///
    /// @param taken a generation that is left as it is
    int generation(ProfileName name, StorePath path, int taken) throws IOException {
        disk.makeDirectory(directory);
        var generations = generations(name);
        if (!generations.isEmpty()
                && generations.lastKey() != taken
                && generations.lastEntry().getValue().equals(path)) {
            return generations.lastKey();
        }
        int number = generations.isEmpty() ? 1 : generations.lastKey() + 1;
        disk.link(link(name, number), path.toString());
        return number;
    }

    /// Makes a generation the current one.
    void activate(ProfileName name, int generation) throws IOException {
        disk.link(link(name), name + "-" + generation + "-link");
    }

    /// Takes the profile away, its generations not.
    void deactivate(ProfileName name) throws IOException {
        disk.unlink(link(name));
    }

    /// Takes a generation away, unless it is current.
    void drop(ProfileName name, int generation) throws IOException {
        if (current(name).map(Profile::generation).filter(g -> g == generation).isPresent()) return;
        disk.unlink(link(name, generation));
    }

    Optional<Profile> current(ProfileName name) throws IOException {
        var target = disk.readLink(link(name));
        if (target.isEmpty()) return Optional.empty();
        var match = GENERATION.matcher(target.get());
        if (!match.matches() || !match.group(1).equals(name.value())) return Optional.empty();
        int number = Integer.parseInt(match.group(2));
        return path(name, number).map(path -> new Profile(name, number, path));
    }

    /// What a generation leads to, if it is there.
    Optional<StorePath> path(ProfileName name, int generation) throws IOException {
        return disk.readLink(link(name, generation)).flatMap(Profiles::storePath);
    }

    NavigableMap<Integer, StorePath> generations(ProfileName name) throws IOException {
        var generations = new TreeMap<Integer, StorePath>();
        for (var file : disk.list(directory)) {
            var match = GENERATION.matcher(file);
            if (!match.matches() || !match.group(1).equals(name.value())) continue;
            int number = Integer.parseInt(match.group(2));
            path(name, number).ifPresent(path -> generations.put(number, path));
        }
        return generations;
    }

    List<Profile> all() throws IOException {
        var profiles = new ArrayList<Profile>();
        for (var file : disk.list(directory)) {
            // Others may keep files of their own here.
            if (file.endsWith(".tmp") || !ProfileName.isValid(file)) continue;
            current(new ProfileName(file)).ifPresent(profiles::add);
        }
        return profiles;
    }

    private Path link(ProfileName name, int generation) {
        return directory.resolve(name + "-" + generation + "-link");
    }

    private static Optional<StorePath> storePath(String target) {
        try {
            return Optional.of(StorePath.parse(target));
        } catch (IllegalArgumentException e) { // Nobody's generation.
            return Optional.empty();
        }
    }
}
