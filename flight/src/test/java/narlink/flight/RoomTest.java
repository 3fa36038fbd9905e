package narlink.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RoomTest {
    @TempDir
    Path directory = Path.of("");

    private static Manifest manifest(StorePath path, long size, long nodes) {
        var entry = new Manifest.Entry(
                path, size, Bytes.of(new byte[Manifest.CHECK]), List.of(), Optional.empty(), List.of());
        return new Manifest(
                1,
                List.of(entry),
                List.of(),
                Sha256.of(new byte[0]),
                List.of(),
                List.of(0),
                Optional.empty(),
                Activation.NONE,
                nodes);
    }

    private Optional<String> shortage(SmallStore small, Manifest manifest, long reserve) throws Exception {
        return new Room(small.store, new RealDisk(directory), reserve).shortage(manifest);
    }

    @Test
    void whatIsShortIsNamed() throws Exception {
        try (var small = new SmallStore(directory)) {
            var absent = SmallStore.path("0101010101", "absent-1.0");
            assertEquals(Optional.empty(), shortage(small, manifest(absent, 1000, 3), 0));
            var large = shortage(small, manifest(absent, Manifest.MAX_NAR_SIZE, 3), Long.MAX_VALUE >> 2)
                    .orElseThrow();
            assertTrue(large.startsWith("PAUSED(disk): needs ") && large.contains(" bytes in the store, "), large);
            assertTrue(large.endsWith(" are free; make room"), large);
        }
    }

    @Test
    void whatIsThereAlreadyNeedsNoRoom() throws Exception {
        try (var small = new SmallStore(directory)) {
            var present = small.add("0101010101", "present-1.0");
            assertEquals(Optional.empty(), shortage(small, manifest(present, 1000, 3), Long.MAX_VALUE >> 2));
        }
    }
}
