package narlink.flight;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;
import narlink.Bytes;
import narlink.wire.DeploymentState;
import narlink.wire.FecObject;
import narlink.wire.Report;

/// Where one deployment lies on disk: its announcement as it was signed, its status, and for each source block either a
/// symbol log or the decoded block.
final class DeploymentFiles {
    private static final System.Logger LOG = System.getLogger(DeploymentFiles.class.getName());

    /// What stays of one that has ended.
    private static final Set<String> KEPT = Set.of("announcement", "status", "closed");

    private final Disk disk;
    private final Path directory;

    DeploymentFiles(Disk disk, Path deployments, int number) {
        this.disk = disk;
        this.directory = deployments.resolve(Integer.toString(number));
    }

    /// What [#saveStatus] wrote.
    record Status(
            DeploymentState state, String reason, int paths, int exitStatus, Bytes outputTail, Bytes manifestHash) {
        /// What is to be told of one whose announcement is not there any more.
        Report.DeploymentReport report(int number) {
            return new Report.DeploymentReport(
                    number,
                    state,
                    reason,
                    0,
                    0,
                    paths,
                    paths,
                    Report.Missing.NONE,
                    Report.Missing.NONE,
                    exitStatus,
                    outputTail,
                    manifestHash,
                    List.of(),
                    false);
        }
    }

    void begin(byte[] announcement) throws IOException {
        disk.makeDirectory(directory);
        disk.replace(directory.resolve("announcement"), announcement);
    }

    Optional<byte[]> announcement() throws IOException {
        return disk.read(directory.resolve("announcement"));
    }

    /// Writes the status with a checksum behind it: one that has rotted is not to be believed.
    void saveStatus(Reception reception) throws IOException {
        saveStatus(reception.report());
    }

    void saveStatus(Report.DeploymentReport told) throws IOException {
        var lines = String.join(
                "\n",
                told.state().name(),
                Bytes.ofUtf8(told.reason()).hex(),
                Integer.toString(told.pathsDone()),
                Integer.toString(told.exitStatus()),
                told.outputTail().hex(),
                told.manifestHash().hex(),
                "");
        var text = lines + sum(lines) + "\n";
        disk.replace(directory.resolve("status"), text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String sum(String lines) {
        var crc = new CRC32C();
        crc.update(lines.getBytes(StandardCharsets.ISO_8859_1));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    /// Notes that it has ended, once and for all, whatever rots of it.
    void close() throws IOException {
        if (!isClosed()) disk.replace(directory.resolve("closed"), new byte[] {'\n'});
    }

    boolean isClosed() throws IOException {
        return disk.read(directory.resolve("closed")).isPresent();
    }

    /// Whether the status is there, but can't be believed.
    boolean statusIsDamaged() throws IOException {
        return disk.read(directory.resolve("status")).isPresent() && status().isEmpty();
    }

    Optional<Status> status() throws IOException {
        var bytes = disk.read(directory.resolve("status"));
        if (bytes.isEmpty()) return Optional.empty();
        var text = new String(bytes.get(), StandardCharsets.ISO_8859_1);
        int end = text.strip().lastIndexOf('\n') + 1;
        var lines = text.split("\n", -1);
        if (lines.length != 8 || !text.substring(end).equals(sum(text.substring(0, end)) + "\n")) {
            LOG.log(System.Logger.Level.WARNING, "damaged status of deployment {0}", directory.getFileName());
            return Optional.empty();
        }
        return Optional.of(new Status(
                DeploymentState.valueOf(lines[0]),
                Bytes.ofHex(lines[1]).utf8(),
                Integer.parseInt(lines[2]),
                Integer.parseInt(lines[3]),
                Bytes.ofHex(lines[4]),
                Bytes.ofHex(lines[5])));
    }

    SymbolLog log(FecObject object, int block, int symbolSize) throws IOException {
        return SymbolLog.open(disk, file(object, block, "symbols"), symbolSize);
    }

    boolean hasLog(FecObject object, int block) throws IOException {
        return disk.read(file(object, block, "symbols")).isPresent();
    }

    void deleteLog(FecObject object, int block) throws IOException {
        disk.delete(file(object, block, "symbols"));
    }

    void saveBlock(FecObject object, int block, byte[] data, int length) throws IOException {
        disk.replace(file(object, block, "block"), data, length);
    }

    /// The decoded block, if it is there.
    Optional<byte[]> block(FecObject object, int block) throws IOException {
        return disk.read(file(object, block, "block"));
    }

    /// The same in `memory`, or in an array of its own where that is too small.
    Optional<PackStream.Piece> block(FecObject object, int block, byte[] memory) throws IOException {
        try (var in = disk.stream(file(object, block, "block"))) {
            int length = in.readNBytes(memory, 0, memory.length);
            byte[] more = in.readAllBytes();
            if (more.length == 0) return Optional.of(new PackStream.Piece(memory, length));
            byte[] all = Arrays.copyOf(memory, length + more.length);
            System.arraycopy(more, 0, all, length, more.length);
            return Optional.of(new PackStream.Piece(all, all.length));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    void deleteBlock(FecObject object, int block) throws IOException {
        disk.delete(file(object, block, "block"));
    }

    /// Drops symbols and blocks; announcement and status stay.
    void release() throws IOException {
        for (var name : disk.list(directory)) {
            if (!KEPT.contains(name)) disk.delete(directory.resolve(name));
        }
    }

    void delete() throws IOException {
        disk.delete(directory);
    }

    private Path file(FecObject object, int block, String suffix) {
        return directory.resolve("%s-%05d.%s".formatted(object.name().toLowerCase(Locale.ROOT), block, suffix));
    }
}
