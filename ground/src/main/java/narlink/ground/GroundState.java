package narlink.ground;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import narlink.nix.SecretKey;

/// Earth's state directory:
///
///     narlink.db           the ledger
///     keys/mission.key     orders changes; may lie elsewhere
///     keys/station.key     signs symbols
///     keys/http.token      lets clients of the server change things
///     packs/SAT-N.pack     encoded deployments
///     roots/               GC roots where the store's own directory can't be written
///
/// @param packs directory of the packs, which several servers may share
public record GroundState(Path directory, Path packs) {
    private static final int TOKEN_BYTES = 32;

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

    public Path httpTokenFile() {
        return directory.resolve("keys").resolve("http.token");
    }

    /// The token of the HTTP server, made the first time.
    public String httpToken() throws IOException {
        var file = httpTokenFile();
        if (!Files.exists(file)) {
            byte[] token = new byte[TOKEN_BYTES];
            new SecureRandom().nextBytes(token);
            write(file, HexFormat.of().formatHex(token));
        }
        var token = Files.readString(file).strip();
        if (token.length() < TOKEN_BYTES) throw new IOException(file + " holds no token; delete it to have one made");
        return token;
    }

    private Path keyFile(String role) {
        return directory.resolve("keys").resolve(role + ".key");
    }

    private void makeKey(String role) throws IOException {
        var file = keyFile(role);
        if (Files.exists(file)) return;
        write(file, SecretKey.generate("narlink-" + role + "-1").text());
    }

    /// For the owner's eyes only.
    private static void write(Path file, String secret) throws IOException {
        var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Files.createFile(file, owner);
        Files.write(
                file,
                (secret + "\n").getBytes(StandardCharsets.US_ASCII),
                StandardOpenOption.WRITE,
                StandardOpenOption.SYNC);
    }
}
