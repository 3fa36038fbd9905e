package narlink.ground.ledger;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/// Another process's hand on a ledger's file: nobody writes until it is taken away.
public final class LockedFile implements AutoCloseable {
    private final Connection connection;

    public LockedFile(Path file) throws SQLException {
        connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        try (var statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 20000");
            statement.execute("BEGIN IMMEDIATE");
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close(); // What was begun is rolled back.
    }
}
