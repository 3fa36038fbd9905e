package narlink.ground.ledger;

import java.io.IOException;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/// The same on PostgreSQL: the same statements, the same migrations.
final class PostgresLedgerTest extends SqlLedgerTest {
    private static @Nullable Postgres postgres;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        postgres = Postgres.start();
    }

    @AfterAll
    static void end() throws IOException {
        if (postgres != null) postgres.close();
    }

    @AfterEach
    void empty() throws SQLException {
        close();
        try (var connection = DriverManager.getConnection(server().url());
                var statement = connection.createStatement()) {
            statement.execute("DROP SCHEMA public CASCADE");
            statement.execute("CREATE SCHEMA public");
        }
    }

    private static Postgres server() {
        return java.util.Objects.requireNonNull(postgres);
    }

    @Override
    Database database() {
        return Database.url(server().url());
    }
}
