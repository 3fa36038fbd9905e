package narlink.ground.ledger;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Ledgers for simulations: made in no time, from one that was made before, and not meant to survive the machine.
public final class ScratchLedgers implements Closeable {
    private final Path template;

    /// Makes the one that the others are copies of.
    public ScratchLedgers() throws IOException {
        template = Files.createTempFile("narlink", ".db");
        SqlLedger.open(Database.scratch(template)).close();
    }

    /// A new ledger in a directory.
    public SqlLedger open(Path directory) throws IOException {
        var file = directory.resolve("narlink.db");
        Files.copy(template, file);
        return SqlLedger.openAsIs(Database.scratch(file));
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(template);
    }
}
