package narlink.ground.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import narlink.Bytes;
import narlink.ground.Ledger;
import narlink.ground.QueuedCommand;
import narlink.wire.SatelliteName;
import org.jdbi.v3.core.Handle;

/// Commands and the history as rows, and back.
final class CommandRows {
    private CommandRows() {}

    static boolean insert(Handle handle, QueuedCommand command) {
        return handle.createUpdate("INSERT INTO command (satellite, number, created, expires, what, segment, state,"
                                + " answer, log_size) VALUES (:satellite, :number, :created, :expires, :what, :segment,"
                                + " :state, :answer, :size) ON CONFLICT (satellite, number) DO NOTHING")
                        .bind("satellite", command.satellite().value())
                        .bind("number", command.number())
                        .bind("created", command.created().toEpochMilli())
                        .bind("expires", command.expires().toEpochMilli())
                        .bind("what", command.what())
                        .bind("segment", SqlLedger.base64(command.segment()))
                        .bind("state", command.state().name())
                        .bind("answer", SqlLedger.base64(command.answer().toArray()))
                        .bind("size", command.logSize())
                        .execute()
                == 1;
    }

    static void answer(
            Handle handle, SatelliteName satellite, int number, QueuedCommand.State state, Bytes answer, int logSize) {
        handle.createUpdate("UPDATE command SET state = :state, answer = :answer, log_size = :size"
                        + " WHERE satellite = :satellite AND number = :number")
                .bind("satellite", satellite.value())
                .bind("number", number)
                .bind("state", state.name())
                .bind("answer", SqlLedger.base64(answer.toArray()))
                .bind("size", logSize)
                .execute();
    }

    static List<QueuedCommand> select(Handle handle, SatelliteName satellite) {
        return handle.createQuery("SELECT * FROM command WHERE satellite = :satellite ORDER BY number")
                .bind("satellite", satellite.value())
                .map((row, context) -> command(row, satellite))
                .list();
    }

    private static QueuedCommand command(ResultSet row, SatelliteName satellite) throws SQLException {
        return new QueuedCommand(
                satellite,
                row.getInt("number"),
                Instant.ofEpochMilli(row.getLong("created")),
                Instant.ofEpochMilli(row.getLong("expires")),
                row.getString("what"),
                Base64.getDecoder().decode(row.getString("segment")),
                QueuedCommand.State.valueOf(row.getString("state")),
                Bytes.of(Base64.getDecoder().decode(row.getString("answer"))),
                row.getInt("log_size"));
    }

    static void happened(Handle handle, SatelliteName satellite, Instant when, String what) {
        handle.createUpdate("INSERT INTO history (satellite, position, happened, what)"
                        + " SELECT :satellite, COALESCE(MAX(position), 0) + 1, :happened, :what"
                        + " FROM history WHERE satellite = :satellite")
                .bind("satellite", satellite.value())
                .bind("happened", when.toEpochMilli())
                .bind("what", what)
                .execute();
    }

    static List<Ledger.Event> history(Handle handle, SatelliteName satellite) {
        return handle.createQuery("SELECT * FROM history WHERE satellite = :satellite ORDER BY position")
                .bind("satellite", satellite.value())
                .map((row, context) ->
                        new Ledger.Event(Instant.ofEpochMilli(row.getLong("happened")), row.getString("what")))
                .list();
    }
}
