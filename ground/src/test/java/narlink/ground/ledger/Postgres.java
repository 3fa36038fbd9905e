package narlink.ground.ledger;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/// A real PostgreSQL server of the test's own, on a loopback port.
public final class Postgres implements Closeable {
    private static final Path INSTALLED = Path.of("/usr/lib/postgresql");
    private static final long SECONDS = 60;

    private final Path directory;
    private final int port;
    private Process server;

    private Postgres(Path directory, int port, Process server) {
        this.directory = directory;
        this.port = port;
        this.server = server;
    }

    /// Starts one; skips the test where none is installed, unless the environment says that everything has to be there.
    public static Postgres start() throws IOException, InterruptedException {
        var programs = programs();
        Assumptions.assumeTrue(
                programs.isPresent() || System.getenv("NARLINK_REQUIRE_NIX") != null, "PostgreSQL is not installed");
        var directory = Files.createTempDirectory("narlink-postgres");
        // The server refuses to run as root, and its own user has to reach its directory.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        run(
                programs.orElseThrow(),
                "initdb",
                "-D",
                directory.resolve("data").toString(),
                "-U",
                "narlink",
                "-A",
                "trust",
                "-E",
                "UTF8");
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        var postgres = new Postgres(directory, port, launch(directory, port));
        postgres.await();
        return postgres;
    }

    public String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=narlink";
    }

    /// Takes the server away from whoever is connected.
    public void stop() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-INT", Long.toString(server.pid())).start().waitFor();
        if (!server.waitFor(SECONDS, TimeUnit.SECONDS)) throw new IOException("PostgreSQL does not stop");
    }

    /// Brings it back.
    public void restart() throws IOException, InterruptedException {
        server = launch(directory, port);
        await();
    }

    private static Process launch(Path directory, int port) throws IOException {
        return command(
                        programs().orElseThrow(),
                        "postgres",
                        "-D",
                        directory.resolve("data").toString(),
                        "-p",
                        Integer.toString(port),
                        "-c",
                        "listen_addresses=127.0.0.1",
                        "-c",
                        "unix_socket_directories=")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
    }

    private void await() throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (System.nanoTime() < end) {
            if (!server.isAlive()) break;
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                if (socket.isConnected()
                        && Files.readString(directory.resolve("log")).contains("ready to accept")) return;
            } catch (IOException e) {
                System.getLogger(Postgres.class.getName()).log(System.Logger.Level.DEBUG, "not yet", e);
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new IOException("PostgreSQL does not start: " + Files.readString(directory.resolve("log")));
    }

    private static Optional<Path> programs() throws IOException {
        if (!Files.isDirectory(INSTALLED)) return Optional.empty();
        try (var versions = Files.list(INSTALLED)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.exists(bin.resolve("initdb")))
                    .max(Comparator.naturalOrder());
        }
    }

    private static ProcessBuilder command(Path programs, String program, String... arguments) {
        var command = new ArrayList<String>();
        if (System.getProperty("user.name", "").equals("root")) {
            // setpriv becomes the server's user in this very process, so that it can be ended by its handle.
            command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
        }
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(Path.of("/tmp").toFile());
    }

    private static void run(Path programs, String... command) throws IOException, InterruptedException {
        var process = command(programs, command[0], java.util.Arrays.copyOfRange(command, 1, command.length))
                .redirectErrorStream(true)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0) throw new IOException(command[0] + ": " + said);
    }

    @Override
    public void close() throws IOException {
        server.destroyForcibly();
        try {
            server.waitFor(SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        }
    }
}
