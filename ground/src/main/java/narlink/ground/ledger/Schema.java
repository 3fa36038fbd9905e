package narlink.ground.ledger;

import java.sql.SQLException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/// The tables of a ledger, made and upgraded by Flyway. It takes longer to look what there is to do than most commands
/// take for all else, so it is only asked where the newest migration is not there yet.
final class Schema {
    /// The number of the newest migration.
    static final int NEWEST = 13;

    private Schema() {}

    /// @throws FlywayException if the database can't be brought there
    static void bringTo(DataSource source) {
        if (isNewest(source)) return;
        Flyway.configure()
                .dataSource(source)
                .locations("classpath:narlink/ground/ledger")
                .load()
                .migrate();
    }

    private static boolean isNewest(DataSource source) {
        try (var connection = source.getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT version FROM flyway_schema_history WHERE success"
                        + " ORDER BY installed_rank DESC LIMIT 1")) {
            return rows.next() && Integer.toString(NEWEST).equals(rows.getString(1));
        } catch (SQLException e) {
            return false; // There are no tables yet, or nobody answers: Flyway finds out, and says so.
        }
    }
}
