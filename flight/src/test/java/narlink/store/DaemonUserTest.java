package narlink.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import narlink.testkit.RealNix;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who talks to a daemon, and whether there is one. As an ordinary user, what is signed by a key that the daemon
/// trusts is taken, nothing else.
final class DaemonUserTest {
    private static final int NOBODY = 65534;

    @TempDir
    Path directory = Path.of("");

    @Test
    void anOrdinaryUserImportsWhatIsSigned() throws Exception {
        RealNix.required();
        Assumptions.assumeTrue(
                "root".equals(System.getProperty("user.name"))
                        && RealNix.attempt("setpriv", "true").code() == 0,
                "only root can start a daemon and become somebody else by setpriv");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        var socket = directory.resolve("socket");
        var root = directory.resolve("chroot");
        var own = Files.createDirectories(directory.resolve("own"));
        RealNix.run("chown", Integer.toString(NOBODY), own.toString());
        var command = new ProcessBuilder(
                "nix-daemon",
                "--store",
                root.toString(),
                "--option",
                "trusted-public-keys",
                Sample.KEY.publicKey().text());
        command.environment().put("NIX_DAEMON_SOCKET_PATH", socket.toString());
        command.environment().remove("NIX_REMOTE");
        command.redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile());
        var daemon = command.start();
        try {
            for (int i = 0; i < 100 && !Files.exists(socket); i++) {
                Thread.sleep(50);
            }
            var out = asNobody("untrusted", socket.toString(), root.toString(), own.toString(), Sample.KEY.text());
            var path = Sample.path("signed");
            assertEquals(
                    List.of(
                            "unsigned refused",
                            "signed valid",
                            "root {base/" + path.baseName() + "=" + path + "}",
                            "profiles " + own.resolve("profiles"),
                            "found true"),
                    out.lines().toList(),
                    Files.readString(directory.resolve("log")));
            RealNix.run("nix-store", "--store", root.toString(), "--gc");
            try (var store = DaemonStore.chroot(root, Options.of(own))) {
                assertEquals(Set.of(path), store.validPaths());
            }
        } finally {
            daemon.destroy();
            daemon.waitFor();
        }
        assertTrue(RealNix.verifies(root));
    }

    @Test
    void theMachinesOwnStoreIsOpenedWithOrWithoutADaemon() throws Exception {
        RealNix.required();
        var nix = Files.createDirectories(directory.resolve("nix"));
        var privately = List.of(
                "unshare", "--mount", "--propagation", "private", "sh", "-ec", "mount --bind \"$0\" /nix; exec \"$@\"");
        var command = new ArrayList<>(privately);
        command.addAll(List.of(nix.toString(), "true"));
        Assumptions.assumeTrue(
                RealNix.attempt(command.toArray(String[]::new)).code() == 0, "only root can mount another /nix");
        command.removeLast();
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                "system",
                directory.toString(),
                Sample.KEY.text()));
        var out = RealNix.run(command.toArray(String[]::new));
        var profiles = " /nix/var/nix/profiles/narlink";
        assertEquals(
                List.of(
                        "direct unsigned refused",
                        "direct [base/direct]" + profiles,
                        "socket unsigned refused",
                        "socket [base/direct, base/socket]" + profiles,
                        "socket is there: true",
                        "dead unsigned refused",
                        "dead [base/dead, base/direct, base/socket]" + profiles),
                out.lines().toList());
        assertTrue(RealNix.verifies(directory));
    }

    private String asNobody(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                "setpriv",
                "--reuid=" + NOBODY,
                "--regid=" + NOBODY,
                "--clear-groups",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                readableClasses(),
                Child.class.getName()));
        command.addAll(List.of(arguments));
        return RealNix.run(command.toArray(String[]::new));
    }

    /// A copy of what the child needs: the build and Maven's repository may be closed to others.
    private String readableClasses() throws IOException, InterruptedException {
        var copies = new ArrayList<String>();
        for (var entry : System.getProperty("java.class.path").split(":")) {
            var copy = directory.resolve("classes" + copies.size() + (entry.endsWith(".jar") ? ".jar" : ""));
            if (entry.matches(".*(narlink|bcprov|zstd|xz|/target/).*")) {
                RealNix.run("cp", "-rL", entry, copy.toString());
                RealNix.run("chmod", "-R", "a+rX", copy.toString());
                copies.add(copy.toString());
            }
        }
        return String.join(":", copies);
    }
}
