package narlink.ground;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import narlink.nix.SecretKey;

/// Earth's state directory:
///
///     narlink.db           the ledger
///     keys/mission.key     orders changes; may lie elsewhere
///     keys/station.key     signs symbols
///     packs/SAT-N.pack     encoded deployments
///     roots/               GC roots where the store's own directory can't be written
///
/// @param packs directory of the packs, which several servers may share
public record GroundState(Path directory, Path packs) {
    public GroundState {
        directory = directory.toAbsolutePath().normalize();
        packs = packs.toAbsolutePath().normalize();
    }

    /// With the packs in it.
    public GroundState(Path directory) {
        this(directory, directory.resolve("packs"));
    }

    public Path database() {
        return directory.resolve("narlink.db");
    }

    public Path roots() {
        return directory.resolve("roots");
    }

    public boolean exists() {
        return Files.exists(keyFile("station"));
    }

    /// Makes the directory and the keys; what is there already stays.
    public void init() throws IOException {
        Files.createDirectories(directory.resolve("keys"));
        Files.createDirectories(packs);
        makeKey("mission");
        makeKey("station");
    }

    /// Whether it lies here, and not elsewhere.
    public boolean hasMissionKey() {
        return Files.exists(keyFile("mission"));
    }

    public SecretKey missionKey() throws IOException {
        return key(keyFile("mission"));
    }

    public SecretKey stationKey() throws IOException {
        return key(keyFile("station"));
    }

    public static SecretKey key(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new IOException("no key file " + file + "; run narlink init first, or name the key's file");
        }
        try {
            return SecretKey.parse(Files.readString(file).strip());
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " holds no secret key: " + e.getMessage(), e);
        }
    }

    private Path keyFile(String role) {
        return directory.resolve("keys").resolve(role + ".key");
    }

    private void makeKey(String role) throws IOException {
        var file = keyFile(role);
        if (Files.exists(file)) return;
        var key = SecretKey.generate("narlink-" + role + "-1").text() + "\n";
        var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Files.createFile(file, owner);
        Files.write(file, key.getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE, StandardOpenOption.SYNC);
    }
}
