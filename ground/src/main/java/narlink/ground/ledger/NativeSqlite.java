package narlink.ground.ledger;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/// SQLite's native library, kept beside the database: its driver would unpack it for every process anew, and leave it
/// behind in the directory of temporary files where a process is killed.
final class NativeSqlite {
    private static final System.Logger LOG = System.getLogger(NativeSqlite.class.getName());
    private static final String PATH = "org.sqlite.lib.path";
    private static final String NAME = "org.sqlite.lib.name";

    private NativeSqlite() {}

    /// Has the driver load the library from `directory`, unless somebody chose another or it was loaded before. Where
    /// that can't be, the driver unpacks it as it does by itself.
    static synchronized void keepIn(Path directory) {
        if (System.getProperty(PATH) != null) return;
        var name = LibraryLoaderUtil.getNativeLibName();
        var kept = directory.resolve("sqlite-" + SQLiteJDBCLoader.getVersion() + "-" + name);
        try {
            if (!Files.exists(kept)) unpack(LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name, kept);
            System.setProperty(PATH, directory.toAbsolutePath().toString());
            System.setProperty(NAME, kept.getFileName().toString());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "SQLite's library can't be kept in " + directory, e);
        }
    }

    private static void unpack(String resource, Path kept) throws IOException {
        try (var packed = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
            if (packed == null) throw new IOException("the driver has no library for this machine");
            var fresh = Files.createTempFile(kept.toAbsolutePath().getParent(), "sqlite-", ".new");
            try {
                try (var out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                    packed.transferTo(Channels.newOutputStream(out));
                    out.force(true);
                }
                Files.move(fresh, kept, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(fresh);
            }
        }
    }
}
