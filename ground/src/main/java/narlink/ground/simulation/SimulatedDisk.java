package narlink.ground.simulation;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import narlink.flight.Disk;
import org.jspecify.annotations.Nullable;

/// A disk that loses in a power cut what was not synced: each file for itself is as it was, as it is, or torn, as if
/// the file system had reordered its writes. It may be full, fail to read, and rot.
final class SimulatedDisk implements Disk {
    private static final long SIZE = 1L << 40;

    private final Power power;
    /// What a reader sees, and what is sure to be left by a cut. A symlink's target is its contents.
    private final SortedMap<Path, Item> seen = new TreeMap<>();

    private final SortedMap<Path, Item> durable = new TreeMap<>();
    private final SortedMap<Path, Boolean> directories = new TreeMap<>();
    private boolean full;
    private int failingReads;

    /// @param contents whose first `length` bytes count: what grows shares the array with what it was
    private record Item(boolean link, byte[] contents, int length, boolean grows) {
        byte[] bytes() {
            return Arrays.copyOf(contents, length);
        }

        boolean same(Item other) {
            return link == other.link && Arrays.equals(contents, 0, length, other.contents, 0, other.length);
        }
    }

    SimulatedDisk(Power power) {
        this.power = power;
    }

    /// What the next start finds.
    ///
    /// @param cut whether power failed; else only the process ended
    SimulatedDisk afterwards(Power next, boolean cut) {
        var left = new SimulatedDisk(next);
        left.directories.putAll(directories);
        var files = new TreeSet<>(seen.keySet());
        files.addAll(durable.keySet());
        for (var file : files) {
            var now = seen.get(file);
            var item = cut ? survivor(now, durable.get(file)) : now;
            if (item == null) continue;
            left.seen.put(file, item);
            left.durable.put(file, cut || durable.get(file) == null ? item : Objects.requireNonNull(durable.get(file)));
        }
        return left;
    }

    private @Nullable Item survivor(@Nullable Item now, @Nullable Item safe) {
        if (now != null && safe != null && now.same(safe)) return now;
        if (now == null || !now.grows()) {
            boolean kept = power.random.nextBoolean();
            if (!kept) power.trace.fault(Fault.UNSYNCED_LOST);
            return kept ? now : safe;
        }
        int sure = safe == null ? 0 : Math.min(safe.length(), now.length());
        int end = power.random.nextInt(sure, now.length() + 1);
        byte[] torn = Arrays.copyOf(now.contents(), end);
        // The last bytes may have been written before those in front of them.
        if (end > sure && power.random.nextBoolean()) {
            Arrays.fill(torn, sure, power.random.nextInt(sure, end + 1), (byte) 0);
        }
        power.trace.fault(end == sure ? Fault.UNSYNCED_LOST : Fault.UNSYNCED_TORN);
        return new Item(false, torn, end, true);
    }

    void full(boolean full) {
        this.full = full;
    }

    /// The next reads fail.
    void failReads(int count) {
        failingReads = count;
    }

    /// Flips a bit of one file under a directory.
    ///
    /// @return which
    Optional<Path> rot(Path directory) {
        var files = new ArrayList<Path>();
        for (var entry : durable.entrySet()) {
            boolean there = entry.getKey().startsWith(directory) && seen.containsKey(entry.getKey());
            if (there && !entry.getValue().link() && entry.getValue().length() > 0) files.add(entry.getKey());
        }
        if (files.isEmpty()) return Optional.empty();
        var file = files.get(power.random.nextInt(files.size()));
        var item = Objects.requireNonNull(seen.get(file));
        if (item.length() == 0) return Optional.empty();
        byte[] bytes = item.bytes();
        bytes[power.random.nextInt(bytes.length)] ^= (byte) (1 << power.random.nextInt(8));
        var rotten = new Item(false, bytes, bytes.length, item.grows());
        seen.put(file, rotten);
        durable.put(file, rotten);
        return Optional.of(file);
    }

    /// Bytes in all files.
    long size() {
        return seen.values().stream().mapToLong(Item::length).sum();
    }

    int files() {
        return seen.size();
    }

    private void write() throws IOException {
        power.boundary();
        if (full) throw new IOException("No space left on device");
    }

    private void put(Path file, Item item) throws IOException {
        write();
        // What stands beside it first is of no consequence, whatever became of it.
        var temporary = file.resolveSibling(file.getFileName() + ".tmp");
        seen.put(temporary, new Item(item.link(), item.contents(), power.random.nextInt(item.length() + 1), false));
        power.boundary();
        seen.remove(temporary);
        seen.put(file, item);
        power.boundary();
        durable.put(file, item);
        power.boundary();
    }

    private void remove(Path file) {
        power.boundary();
        seen.remove(file);
        power.boundary();
        durable.remove(file);
    }

    private Optional<Item> item(Path file, boolean link) throws IOException {
        power.check();
        if (!link && failingReads > 0 && seen.containsKey(file)) {
            failingReads--;
            power.trace.fault(Fault.READ_ERROR);
            throw new IOException("Input/output error");
        }
        return Optional.ofNullable(seen.get(file)).filter(item -> item.link() == link);
    }

    @Override
    public Optional<byte[]> read(Path file) throws IOException {
        return item(file, false).map(Item::bytes);
    }

    @Override
    public InputStream stream(Path file) throws IOException {
        var item = item(file, false).orElseThrow(() -> new NoSuchFileException(file.toString()));
        return new ByteArrayInputStream(item.contents(), 0, item.length());
    }

    @Override
    public void replace(Path file, byte[] contents, int length) throws IOException {
        put(file, new Item(false, Arrays.copyOf(contents, length), length, false));
    }

    @Override
    public Appender append(Path file) throws IOException {
        power.check();
        if (!seen.containsKey(file)) {
            write();
            var empty = new Item(false, new byte[1024], 0, true);
            seen.put(file, empty);
            power.boundary();
            durable.put(file, empty);
        }
        return new Growing(file);
    }

    @Override
    public void makeDirectory(Path directory) {
        power.check();
        if (directories.containsKey(directory)) return;
        power.boundary();
        for (var each = directory; each != null; each = each.getParent()) directories.put(each, true);
    }

    @Override
    public List<String> list(Path directory) {
        power.check();
        var names = new TreeSet<String>();
        for (var paths : List.of(seen, directories)) {
            for (var path : paths.keySet()) {
                if (directory.equals(path.getParent())) names.add(String.valueOf(path.getFileName()));
            }
        }
        return List.copyOf(names);
    }

    @Override
    public void delete(Path file) {
        var all = seen.keySet().stream().filter(path -> path.startsWith(file)).toList();
        for (var path : all) remove(path);
        power.check();
        directories.keySet().removeIf(path -> path.startsWith(file));
    }

    @Override
    public void link(Path link, String target) throws IOException {
        byte[] bytes = target.getBytes(StandardCharsets.UTF_8);
        put(link, new Item(true, bytes, bytes.length, false));
    }

    @Override
    public Optional<String> readLink(Path link) throws IOException {
        return item(link, true).map(item -> new String(item.bytes(), StandardCharsets.UTF_8));
    }

    /// The symlinks in a directory, as nobody's process sees them.
    SortedMap<String, String> links(Path directory) {
        var links = new TreeMap<String, String>();
        for (var entry : seen.entrySet()) {
            if (!entry.getValue().link() || !directory.equals(entry.getKey().getParent())) continue;
            links.put(
                    String.valueOf(entry.getKey().getFileName()),
                    new String(entry.getValue().bytes(), StandardCharsets.UTF_8));
        }
        return links;
    }

    @Override
    public void unlink(Path link) {
        power.check();
        if (seen.containsKey(link)) remove(link);
    }

    @Override
    public long freeBytes() {
        power.check();
        return full ? 0 : SIZE;
    }

    private final class Growing implements Appender {
        private final Path file;

        Growing(Path file) {
            this.file = file;
        }

        private Item now() throws IOException {
            return item(file, false).orElseThrow(() -> new NoSuchFileException(file.toString()));
        }

        @Override
        public InputStream contents() throws IOException {
            return stream(file);
        }

        @Override
        public void append(byte[] bytes, int offset, int length) throws IOException {
            write();
            var before = now();
            int size = before.length() + length;
            byte[] contents = before.contents();
            if (size > contents.length) contents = Arrays.copyOf(contents, 2 * size);
            System.arraycopy(bytes, offset, contents, before.length(), length);
            seen.put(file, new Item(false, contents, size, true));
            power.boundary();
        }

        @Override
        public void truncate(long size) throws IOException {
            write();
            byte[] bytes = Arrays.copyOf(now().contents(), (int) size);
            seen.put(file, new Item(false, bytes, bytes.length, true));
            power.boundary();
        }

        @Override
        public long size() throws IOException {
            return now().length();
        }

        @Override
        public void force() throws IOException {
            write();
            durable.put(file, now());
            power.boundary();
        }

        @Override
        public void close() {}
    }
}
