package narlink.flight;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// A disk in memory that a power cut can hit before, in the middle of, and after each change. What was not synced by
/// then is lost, or torn, or there: each file for itself, as if the file system had reordered its writes.
final class BrittleDisk implements Disk {
    private final Power power;
    /// What a reader sees, and what is sure to be left by a cut. A symlink's target is its contents.
    private final SortedMap<Path, Item> seen = new TreeMap<>();

    private final SortedMap<Path, Item> durable = new TreeMap<>();
    private final SortedMap<Path, Boolean> directories = new TreeMap<>();

    private record Item(boolean link, byte[] contents, boolean grows) {
        boolean same(Item other) {
            return link == other.link && Arrays.equals(contents, other.contents);
        }
    }

    BrittleDisk(Power power) {
        this.power = power;
    }

    /// Takes what lies in a real directory.
    static BrittleDisk of(Path directory, Power power) throws IOException {
        var disk = new BrittleDisk(power);
        try (var tree = Files.walk(directory)) {
            for (var file : (Iterable<Path>) tree::iterator) {
                if (Files.isDirectory(file)) {
                    disk.directories.put(file, true);
                } else {
                    var item = new Item(false, Files.readAllBytes(file), false);
                    disk.seen.put(file, item);
                    disk.durable.put(file, item);
                }
            }
        }
        return disk;
    }

    /// What a new start finds.
    BrittleDisk afterwards(Power next) {
        synchronized (power) {
            var left = new BrittleDisk(next);
            left.directories.putAll(directories);
            var files = new TreeSet<>(seen.keySet());
            files.addAll(durable.keySet());
            for (var file : files) {
                survivor(Optional.ofNullable(seen.get(file)), Optional.ofNullable(durable.get(file)))
                        .ifPresent(item -> {
                            left.seen.put(file, item);
                            left.durable.put(file, item);
                        });
            }
            return left;
        }
    }

    private Optional<Item> survivor(Optional<Item> now, Optional<Item> safe) {
        if (now.isPresent() && safe.isPresent() && now.get().same(safe.get())) return now;
        if (now.isPresent() && now.get().grows()) {
            int sure = safe.map(item -> item.contents().length).orElse(0);
            byte[] all = now.get().contents();
            int end = power.random.nextInt(Math.min(sure, all.length), all.length + 1);
            byte[] torn = Arrays.copyOf(all, end);
            // The last bytes may have been written before those in front of them.
            if (end > sure && power.random.nextBoolean()) {
                Arrays.fill(torn, sure, power.random.nextInt(sure, end + 1), (byte) 0);
            }
            return Optional.of(new Item(false, torn, true));
        }
        return power.random.nextBoolean() ? now : safe;
    }

    private interface Change {
        void make();
    }

    /// Before, seen but not durable, durable.
    private void change(Change seenChange, Change durableChange) throws IOException {
        synchronized (power) {
            power.boundary();
            seenChange.make();
            power.boundary();
            durableChange.make();
            power.boundary();
        }
    }

    private void put(Path file, Item item) throws IOException {
        synchronized (power) {
            // What stands beside it first is of no consequence, whatever became of it.
            var temporary = file.resolveSibling(file.getFileName() + ".tmp");
            power.boundary();
            byte[] part = Arrays.copyOf(item.contents(), power.random.nextInt(item.contents().length + 1));
            seen.put(temporary, new Item(item.link(), part, false));
            power.boundary();
            seen.remove(temporary);
            change(() -> seen.put(file, item), () -> durable.put(file, item));
        }
    }

    private Optional<Item> item(Path file, boolean link) throws IOException {
        synchronized (power) {
            power.check();
            return Optional.ofNullable(seen.get(file)).filter(item -> item.link() == link);
        }
    }

    @Override
    public Optional<byte[]> read(Path file) throws IOException {
        return item(file, false).map(item -> item.contents().clone());
    }

    @Override
    public InputStream stream(Path file) throws IOException {
        return new ByteArrayInputStream(read(file).orElseThrow(() -> new NoSuchFileException(file.toString())));
    }

    @Override
    public void replace(Path file, byte[] contents, int length) throws IOException {
        put(file, new Item(false, Arrays.copyOf(contents, length), false));
    }

    @Override
    public Appender append(Path file) throws IOException {
        synchronized (power) {
            if (!seen.containsKey(file)) {
                var empty = new Item(false, new byte[0], true);
                change(() -> seen.put(file, empty), () -> durable.put(file, empty));
            }
        }
        return new Growing(file);
    }

    @Override
    public void makeDirectory(Path directory) throws IOException {
        synchronized (power) {
            if (directories.containsKey(directory)) return;
            change(() -> {}, () -> {
                for (var each = directory; each != null; each = each.getParent()) directories.put(each, true);
            });
        }
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        synchronized (power) {
            power.check();
            var names = new TreeSet<String>();
            for (var paths : List.of(seen.keySet(), directories.keySet())) {
                for (var path : paths) {
                    if (directory.equals(path.getParent())) names.add(String.valueOf(path.getFileName()));
                }
            }
            return List.copyOf(names);
        }
    }

    @Override
    public void delete(Path file) throws IOException {
        synchronized (power) {
            var all =
                    seen.keySet().stream().filter(path -> path.startsWith(file)).toList();
            for (var path : all) change(() -> seen.remove(path), () -> durable.remove(path));
            directories.keySet().removeIf(path -> path.startsWith(file));
        }
    }

    @Override
    public void link(Path link, String target) throws IOException {
        put(link, new Item(true, target.getBytes(java.nio.charset.StandardCharsets.UTF_8), false));
    }

    @Override
    public Optional<String> readLink(Path link) throws IOException {
        return item(link, true).map(item -> new String(item.contents(), java.nio.charset.StandardCharsets.UTF_8));
    }

    @Override
    public void unlink(Path link) throws IOException {
        synchronized (power) {
            if (seen.containsKey(link)) change(() -> seen.remove(link), () -> durable.remove(link));
        }
    }

    @Override
    public long freeBytes() {
        return 1L << 40;
    }

    private final class Growing implements Appender {
        private final Path file;

        Growing(Path file) {
            this.file = file;
        }

        @Override
        public InputStream contents() throws IOException {
            return new ByteArrayInputStream(bytes());
        }

        private byte[] bytes() throws IOException {
            return read(file).orElseThrow(() -> new NoSuchFileException(file.toString()));
        }

        @Override
        public void append(byte[] bytes, int offset, int length) throws IOException {
            synchronized (power) {
                power.boundary();
                byte[] before = bytes();
                byte[] after = Arrays.copyOf(before, before.length + length);
                System.arraycopy(bytes, offset, after, before.length, length);
                seen.put(file, new Item(false, after, true));
                power.boundary();
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (power) {
                var cut = new Item(false, Arrays.copyOf(bytes(), (int) size), true);
                change(() -> seen.put(file, cut), () -> {});
            }
        }

        @Override
        public long size() throws IOException {
            return bytes().length;
        }

        @Override
        public void force() throws IOException {
            synchronized (power) {
                power.boundary();
                var now = item(file, false);
                if (now.isPresent()) durable.put(file, now.get());
                power.boundary();
            }
        }

        @Override
        public void close() {}
    }
}
