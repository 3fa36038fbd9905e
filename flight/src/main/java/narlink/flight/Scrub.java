package narlink.flight;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import narlink.nix.DamagedPathException;
import narlink.nix.MissingPathsException;
import narlink.nix.Store;
import narlink.nix.StorePath;
import org.jspecify.annotations.Nullable;

/// Reads all paths of the store in turn and compares them with what was registered of them: a little at a time, and
/// after a cut it goes on where it was. What it found damaged is remembered until it is repaired or gone. Belongs to
/// the thread of [Hands].
///
/// Its file has a line each for the command that is under way (0 if none), the last path that was read ("-" for none),
/// and each damaged path with what is wrong with it.
final class Scrub {
    private static final System.Logger LOG = System.getLogger(Scrub.class.getName());

    /// Of reading, in one go.
    private static final long SLICE_NANOS = 100_000_000;
    /// Between two notes of how far it is: a cut costs so much reading.
    private static final long SAVE_NANOS = 10_000_000_000L;

    private static final int MAX_TEXT = 100;
    /// Of reading the same path, one after the other.
    private static final int MOST_FAILURES = 3;

    private final Store store;
    private final Disk disk;
    private final Path file;
    private final SortedMap<StorePath, String> damaged = new TreeMap<>();
    private @Nullable StorePath last;
    private volatile int command;
    private boolean ever;
    private int failures;
    /// What is still to be read; null until it is looked up.
    private @Nullable Queue<StorePath> left;

    private final Workers workers;
    private long saved;

    Scrub(Store store, FlightState files, Workers workers) throws IOException {
        this.store = store;
        this.workers = workers;
        this.saved = workers.nanoTime();
        this.disk = files.disk();
        this.file = files.directory().resolve("scrub");
        recover();
    }

    private void recover() throws IOException {
        var text = disk.read(file);
        if (text.isEmpty()) return;
        try {
            var lines = new String(text.get(), StandardCharsets.UTF_8).lines().toList();
            command = Integer.parseInt(lines.get(0));
            last = lines.get(1).equals("-") ? null : StorePath.ofBaseName(lines.get(1));
            for (var line : lines.subList(2, lines.size())) {
                var words = line.split(" ", 2);
                damaged.put(StorePath.ofBaseName(words[0]), words[1]);
            }
            ever = true;
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            LOG.log(System.Logger.Level.WARNING, file + " was damaged", e);
            command = 0;
        }
    }

    /// Begins anew, for a command.
    void begin(int number) throws IOException {
        save(number, null);
        command = number;
        last = null;
        left = null;
        ever = true;
    }

    /// The command that is under way; 0 if none. From any thread.
    int command() {
        return command;
    }

    /// Damaged paths, with what is wrong.
    SortedMap<StorePath, String> damaged() {
        return damaged;
    }

    /// Whether anything was ever read.
    boolean knows() {
        return ever;
    }

    /// Reads a little more.
    ///
    /// @return what to say to Earth, once all is read
    Optional<String> step() throws IOException {
        if (command == 0) return Optional.empty();
        long end = workers.nanoTime() + SLICE_NANOS;
        if (left == null) {
            var paths = store.validPaths();
            retain(paths);
            left = new ArrayDeque<>(last == null ? paths : paths.tailSet(last));
        }
        for (var path = left.peek(); path != null; path = left.peek()) {
            lookAgain(path);
            left.remove();
            last = path;
            if (workers.nanoTime() > end) {
                if (workers.nanoTime() > saved + SAVE_NANOS) save(command, last);
                return Optional.empty();
            }
        }
        save(0, last); // Where that fails, it is tried again before anything is told.
        command = 0;
        left = null;
        var names = new ArrayList<String>();
        damaged.forEach((path, why) -> names.add(path.baseName()));
        return Optional.of(
                "%d paths damaged%s".formatted(damaged.size(), names.isEmpty() ? "" : ": " + String.join(", ", names)));
    }

    /// Notes one that was found damaged by the way.
    void found(StorePath path) throws IOException {
        if (damaged.putIfAbsent(path, "it came out wrong") != null) return;
        ever = true;
        save(command, last);
    }

    /// Forgets those that are not valid any more.
    void retain(Collection<StorePath> valid) {
        damaged.keySet().retainAll(valid);
    }

    /// Looks again at those of these paths that were damaged.
    void repaired(Collection<StorePath> paths) throws IOException {
        var doubtful = new ArrayList<>(damaged.keySet());
        doubtful.retainAll(List.copyOf(paths));
        if (doubtful.isEmpty()) return;
        for (var path : doubtful) look(path);
        save(command, last);
    }

    /// As [#look]; one that can't be read time and again, by a store that answers otherwise, is as good as damaged.
    private void lookAgain(StorePath path) throws IOException {
        try {
            look(path);
            failures = 0;
        } catch (IOException e) {
            if (++failures < MOST_FAILURES) throw e;
            failures = 0;
            if (store.info(path).isEmpty()) return;
            LOG.log(System.Logger.Level.WARNING, "unreadable: " + path, e);
            damaged.put(path, shortened("it can't be read: " + e.getMessage()));
        }
    }

    private void look(StorePath path) throws IOException {
        try {
            store.nar(path, OutputStream.nullOutputStream());
            damaged.remove(path);
        } catch (DamagedPathException e) {
            LOG.log(System.Logger.Level.WARNING, "damaged: {0}", e.getMessage());
            damaged.put(path, shortened(String.valueOf(e.getMessage())));
        } catch (MissingPathsException e) {
            damaged.remove(path); // It was collected meanwhile.
            LOG.log(System.Logger.Level.DEBUG, "gone", e);
        }
    }

    private static String shortened(String text) {
        var line = text.replaceAll("\\s+", " ");
        return line.substring(0, Math.min(MAX_TEXT, line.length()));
    }

    private void save(int number, @Nullable StorePath read) throws IOException {
        var text = new StringBuilder();
        text.append(number).append('\n');
        text.append(read == null ? "-" : read.baseName()).append('\n');
        damaged.forEach((path, why) ->
                text.append(path.baseName()).append(' ').append(why).append('\n'));
        disk.replace(file, text.toString().getBytes(StandardCharsets.UTF_8));
        saved = workers.nanoTime();
    }
}
