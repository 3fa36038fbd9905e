package narlink.flight;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import narlink.nix.PublicKey;
import narlink.nix.SecretKey;
import narlink.wire.Envelope;
import narlink.wire.Opened;
import narlink.wire.Report;
import narlink.wire.SatelliteName;

/// The receiver's state directory:
///
///     satellite        its name
///     flight.key       signs reports; never leaves
///     nix.key          signs imported paths; its public half stands in nix.conf
///     trusted-keys     public mission keys, one a line
///     boots            starts so far
///     floor            the lowest deployment number that is still believed
///     command          the last command carried out
///     pipe             the pipe that the receiver was last started with
///     results          what became of the newest commands
///     profiles/        see [Journal]
///     logs/            what activations printed, and the receiver's own log
///     deployments/N/   see [DeploymentFiles]
///     answers          to the last pass that came as a file
///     scrub            how far the store was verified; see [Scrub]
///     last-report      the newest report, at most a second old while the receiver runs
///     scratch/         NARs between decoding and import; emptied at start
public final class FlightState {
    private static final System.Logger LOG = System.getLogger(FlightState.class.getName());

    /// Bytes of answers that go into one file.
    static final int MAX_ANSWERS = 256 * 1024;

    private final Path directory;
    private final Disk disk;
    private final Path scratch;

    public FlightState(Path directory, Disk disk) {
        this(directory, disk, directory.toAbsolutePath().normalize().resolve("scratch"));
    }

    /// @param scratch a directory of the real file system, whatever the disk is
    public FlightState(Path directory, Disk disk, Path scratch) {
        this.directory = directory.toAbsolutePath().normalize();
        this.disk = disk;
        this.scratch = scratch;
    }

    public static FlightState at(Path directory) {
        return new FlightState(directory, new RealDisk(directory.toAbsolutePath()));
    }

    public boolean exists() {
        return Files.exists(directory.resolve("satellite"));
    }

    /// Makes name and keys; what is there already stays.
    public void init(SatelliteName satellite) throws IOException {
        disk.makeDirectory(directory);
        var name = text("satellite");
        if (name.isPresent() && !name.get().equals(satellite.value())) {
            throw new IOException(directory + " belongs to satellite " + name.get()
                    + "; choose another --state directory for " + satellite);
        }
        makeKey("flight.key", satellite + "-flight-1");
        makeKey("nix.key", satellite + "-nix-1");
        disk.replace(directory.resolve("satellite"), bytes(satellite.value()));
    }

    public void trust(PublicKey key) throws IOException {
        var keys = new ArrayList<>(trustedKeys());
        if (keys.contains(key)) return;
        keys.add(key);
        var lines = new StringBuilder();
        keys.forEach(trusted -> lines.append(trusted.text()).append('\n'));
        disk.replace(directory.resolve("trusted-keys"), bytes(lines.toString()));
    }

    public SatelliteName satellite() throws IOException {
        return new SatelliteName(text("satellite")
                .orElseThrow(() -> new IOException("no receiver in " + directory
                        + "; run narlink-flight init --satellite NAME --trust KEY first")));
    }

    public SecretKey flightKey() throws IOException {
        return key("flight.key");
    }

    public SecretKey nixKey() throws IOException {
        return key("nix.key");
    }

    public List<PublicKey> trustedKeys() throws IOException {
        var keys = new ArrayList<PublicKey>();
        for (var line : text("trusted-keys").orElse("").lines().toList()) {
            if (!line.isBlank()) keys.add(PublicKey.parse(line.strip()));
        }
        return keys;
    }

    /// Keeps other receivers out of this directory until it is released.
    public FileLock lock() throws IOException {
        return tryLock()
                .orElseThrow(() -> new IOException("another narlink-flight works in " + directory + "; end it first"));
    }

    /// [#lock], or nothing where another receiver has it.
    Optional<FileLock> tryLock() throws IOException {
        var channel = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            var lock = channel.tryLock();
            if (lock != null) return Optional.of(lock);
        } catch (OverlappingFileLockException e) {
            // Held within this very process.
            LOG.log(System.Logger.Level.DEBUG, "already locked here", e);
        }
        channel.close();
        return Optional.empty();
    }

    /// The last report that was made, as a segment: for those who ask what a running receiver does.
    Optional<byte[]> lastReport() throws IOException {
        return disk.read(directory.resolve("last-report"));
    }

    void saveReport(byte[] segment) throws IOException {
        disk.replace(directory.resolve("last-report"), segment);
    }

    /// What was answered to the last pass that came as a file, as frames.
    byte[] answers() throws IOException {
        return disk.read(directory.resolve("answers")).orElse(new byte[0]);
    }

    void saveAnswers(byte[] frames) throws IOException {
        disk.replace(directory.resolve("answers"), frames);
    }

    /// Counts a start, durably, and returns how many there were.
    int boot() throws IOException {
        int boots = number("boots", Report::boots) + 1;
        disk.replace(directory.resolve("boots"), bytes(Integer.toString(boots)));
        disk.delete(scratch());
        disk.makeDirectory(scratch());
        disk.makeDirectory(deployments());
        return boots;
    }

    /// A number that only grows. Where its file is damaged, what the last report told of it.
    private int number(String file, ToIntFunction<Report> told) throws IOException {
        var text = text(file);
        if (text.isPresent() && text.get().matches("[0-9]{1,9}")) return Integer.parseInt(text.get());
        if (text.isPresent()) {
            LOG.log(System.Logger.Level.WARNING, "{0} is damaged; going by the last report", directory.resolve(file));
        }
        return lastKnown().map(told::applyAsInt).orElse(0);
    }

    /// The lowest deployment number that is still believed.
    int floor() throws IOException {
        return Math.max(1, number("floor", Report::lowestOpen));
    }

    /// The last command carried out.
    int command() throws IOException {
        return number("command", Report::command);
    }

    /// What the last report told of a deployment.
    Optional<Report.DeploymentReport> lastTold(int deployment) throws IOException {
        return lastKnown().stream()
                .flatMap(report -> report.deployments().stream())
                .filter(told -> told.deployment() == deployment)
                .findFirst();
    }

    private Optional<Report> lastKnown() throws IOException {
        var segment = lastReport();
        if (segment.isEmpty()) return Optional.empty();
        var keys = Envelope.Keys.of(List.of(flightKey().publicKey()));
        return Envelope.open(segment.get(), keys, Envelope.Direction.DOWN, satellite()) instanceof Opened.Trusted known
                        && known.message() instanceof Report report
                ? Optional.of(report)
                : Optional.empty();
    }

    void saveNumber(String file, int number) throws IOException {
        disk.replace(directory.resolve(file), bytes(Integer.toString(number)));
    }

    DeploymentFiles deployment(int number) {
        return new DeploymentFiles(disk, deployments(), number);
    }

    /// Numbers of the deployments on disk, ascending.
    List<Integer> deploymentNumbers() throws IOException {
        return disk.list(deployments()).stream()
                .filter(name -> name.matches("[1-9][0-9]{0,9}"))
                .map(Integer::parseInt)
                .sorted()
                .toList();
    }

    Disk disk() {
        return disk;
    }

    Path directory() {
        return directory;
    }

    Path profiles() {
        return directory.resolve("profiles");
    }

    public Path logs() {
        return directory.resolve("logs");
    }

    /// The pipe that the receiver was last started with; empty if it never was.
    String pipe() {
        try {
            return text("pipe").orElse("");
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "pipe", e);
            return "";
        }
    }

    void savePipe(String url) throws IOException {
        disk.replace(directory.resolve("pipe"), bytes(url));
    }

    /// What became of commands; see [Commands].
    Optional<byte[]> results() throws IOException {
        return disk.read(directory.resolve("results"));
    }

    void saveResults(String lines) throws IOException {
        disk.replace(directory.resolve("results"), bytes(lines));
    }

    Path scratch() {
        return scratch;
    }

    private Path deployments() {
        return directory.resolve("deployments");
    }

    private void makeKey(String file, String name) throws IOException {
        var path = directory.resolve(file);
        if (Files.exists(path)) return;
        disk.replace(path, bytes(SecretKey.generate(name).text() + "\n"));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    }

    private SecretKey key(String file) throws IOException {
        try {
            return SecretKey.parse(text(file).orElseThrow(() -> new IOException("no " + file + " in " + directory)));
        } catch (IllegalArgumentException e) {
            throw new IOException(directory.resolve(file) + ": " + e.getMessage(), e);
        }
    }

    private Optional<String> text(String file) throws IOException {
        return disk.read(directory.resolve(file)).map(bytes -> new String(bytes, StandardCharsets.UTF_8).strip());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
