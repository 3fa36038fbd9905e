package narlink.ground;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import narlink.Bytes;
import narlink.nix.NarParser;
import narlink.nix.NarVisitor;
import narlink.nix.StorePath;
import org.jspecify.annotations.Nullable;

/// What the NARs of a pack hold: how many inodes they take, and which machines their ELF files are for, so that a
/// closure
/// for another machine is refused before it costs a pass. Firmware for other processors is common; a closure with no
/// file for its own machine is not.
final class Contents {
    /// `e_machine` by Nix's name of the system (System V ABI, ELF header).
    private static final Map<String, Integer> MACHINES = Map.of(
            "aarch64-linux", 183,
            "x86_64-linux", 62,
            "i686-linux", 3,
            "armv7l-linux", 40,
            "riscv64-linux", 243);

    private static final int HEADER = 20;

    private final Map<Integer, Integer> files = new HashMap<>();
    private final Map<StorePath, Watcher> watchers = new HashMap<>();

    /// Looks at a path's NAR as it goes through to `out`; again counts once.
    OutputStream watching(StorePath path, OutputStream out, long narSize) {
        var watcher = new Watcher();
        watchers.put(path, watcher);
        var parser = new NarParser(watcher, narSize);
        return new FilterOutputStream(out) {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                parser.feed(bytes, offset, length);
                out.write(bytes, offset, length);
            }
        };
    }

    /// Files, directories and symlinks.
    long nodes() {
        return watchers.values().stream().mapToLong(watcher -> watcher.nodes).sum();
    }

    void check(String system) throws IOException {
        var wanted = MACHINES.get(system);
        if (wanted == null || files.isEmpty() || files.containsKey(wanted)) return;
        var found = files.keySet().stream().map(Contents::name).sorted().toList();
        throw new IOException("the satellite is " + system + ", but the programs to be sent are for "
                + String.join(", ", found) + "; build the target for " + system);
    }

    private static String name(int machine) {
        return MACHINES.entrySet().stream()
                .filter(entry -> entry.getValue() == machine)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("ELF machine " + machine);
    }

    private final class Watcher implements NarVisitor {
        private byte @Nullable [] header;
        private int size;
        private long nodes;

        @Override
        public void directory() {
            nodes++;
        }

        @Override
        public void symlink(Bytes target) {
            nodes++;
        }

        @Override
        public void file(boolean executable, long length) {
            header = length >= HEADER ? new byte[HEADER] : null;
            size = 0;
            nodes++;
        }

        @Override
        public void bytes(byte[] bytes, int offset, int length) {
            if (header == null) return;
            int copied = Math.min(length, HEADER - size);
            System.arraycopy(bytes, offset, header, size, copied);
            size += copied;
            if (size < HEADER) return;
            boolean elf = header[0] == 0x7f && header[1] == 'E' && header[2] == 'L' && header[3] == 'F';
            boolean little = header[5] == 1;
            boolean program = header[16 + (little ? 0 : 1)] == 2 || header[16 + (little ? 0 : 1)] == 3;
            if (elf && program) {
                int low = header[little ? 18 : 19] & 0xff;
                int high = header[little ? 19 : 18] & 0xff;
                files.merge(high << 8 | low, 1, Integer::sum);
            }
            header = null;
        }
    }
}
