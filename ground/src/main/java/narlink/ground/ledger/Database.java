package narlink.ground.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/// Where a ledger is kept: an SQLite file for one machine, PostgreSQL for several.
///
/// @param text the file, or the JDBC URL without what is secret in it
/// @param jdbcUrl empty for a file
/// @param durable whether what was committed is on the disk
/// @param busyMillis how long somebody waits for another process that writes to a file
public record Database(String text, Path file, String jdbcUrl, boolean durable, int busyMillis) {
    private static final int BUSY_MILLIS = 10_000;
    /// Where passes wait for it.
    private static final int SHORT_MILLIS = 2_000;
    /// How long a server may be silent in the middle of an answer.
    private static final String SILENCE_SECONDS = "10";
    private static final String POSTGRES = "jdbc:postgresql:";
    /// SQLite has one writer at a time anyway.
    private static final int FILE_CONNECTIONS = 4;

    private static final int SERVER_CONNECTIONS = 8;
    /// How long somebody waits for a database that does not answer.
    private static final int PATIENCE_MILLIS = 2_000;

    public static Database file(Path file) {
        return new Database(file.toString(), file, "", true, BUSY_MILLIS);
    }

    /// A file that need not outlive the machine.
    static Database scratch(Path file) {
        return new Database(file.toString(), file, "", false, BUSY_MILLIS);
    }

    /// @param url such as `jdbc:postgresql://host:5432/narlink?user=narlink&password=…`
    /// @throws IllegalArgumentException if it is another database's
    public static Database url(String url) {
        if (!url.startsWith(POSTGRES)) {
            throw new IllegalArgumentException(
                    "a database is named as jdbc:postgresql://HOST[:PORT]/NAME?user=USER&password=PASSWORD");
        }
        int query = url.indexOf('?');
        return new Database(query < 0 ? url : url.substring(0, query), Path.of(""), url, true, BUSY_MILLIS);
    }

    /// The same for a program whose threads have other things to do than to wait.
    public Database forServer() {
        return new Database(text, file, jdbcUrl, durable, SHORT_MILLIS);
    }

    /// Whether transactions are worth making one: each of a file waits for the disk.
    boolean commitsTogether() {
        return isFile() && durable;
    }

    boolean isFile() {
        return jdbcUrl.isEmpty();
    }

    HikariDataSource source() throws IOException {
        var config = new HikariConfig();
        config.setPoolName("ledger");
        config.setMinimumIdle(0);
        if (isFile()) {
            var directory = file.toAbsolutePath().getParent();
            if (directory != null) {
                Files.createDirectories(directory);
                if (durable) NativeSqlite.keepIn(directory);
            }
            config.setDataSource(sqlite());
            config.setMaximumPoolSize(FILE_CONNECTIONS);
            config.setConnectionTimeout(2L * busyMillis);
        } else {
            config.setJdbcUrl(jdbcUrl);
            config.setMaximumPoolSize(SERVER_CONNECTIONS);
            config.setConnectionTimeout(PATIENCE_MILLIS);
            // One that is there and says nothing is away too; a URL may say otherwise.
            config.addDataSourceProperty("socketTimeout", SILENCE_SECONDS);
            config.addDataSourceProperty("connectTimeout", "2");
        }
        try {
            return new HikariDataSource(config);
        } catch (HikariPool.PoolInitializationException e) {
            throw new IOException("cannot open the ledger " + text + ": " + e.getMessage(), e);
        }
    }

    private SQLiteDataSource sqlite() {
        var config = new SQLiteConfig();
        config.setJournalMode(durable ? SQLiteConfig.JournalMode.WAL : SQLiteConfig.JournalMode.MEMORY);
        config.setSynchronous(durable ? SQLiteConfig.SynchronousMode.FULL : SQLiteConfig.SynchronousMode.OFF);
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        config.setBusyTimeout(busyMillis);
        config.enforceForeignKeys(true);
        var source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        return source;
    }
}
