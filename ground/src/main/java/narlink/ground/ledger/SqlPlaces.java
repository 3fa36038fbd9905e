package narlink.ground.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import narlink.ground.Place;
import narlink.ground.Places;
import narlink.wire.SatelliteName;
import org.jdbi.v3.core.Jdbi;

/// The queue's order in the ledger's database.
final class SqlPlaces implements Places {
    private final Jdbi jdbi;

    SqlPlaces(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    @Override
    public Map<Integer, Place> of(SatelliteName satellite) {
        var places = new HashMap<Integer, Place>();
        jdbi.useHandle(handle -> handle.createQuery("SELECT * FROM place WHERE satellite = :satellite")
                .bind("satellite", satellite.value())
                .map((row, context) -> place(row))
                .forEach(place -> places.put(place.deployment(), place)));
        return places;
    }

    private static Place place(ResultSet row) throws SQLException {
        int position = row.getInt("position");
        var at = row.wasNull() ? OptionalInt.empty() : OptionalInt.of(position);
        long deadline = row.getLong("deadline");
        var by = row.wasNull() ? Optional.<Instant>empty() : Optional.of(Instant.ofEpochMilli(deadline));
        return new Place(row.getInt("deployment"), row.getInt("priority"), at, by);
    }

    @Override
    public void put(SatelliteName satellite, Collection<Place> places) {
        jdbi.useTransaction(handle -> {
            for (var place : places) {
                handle.createUpdate("INSERT INTO place (satellite, deployment, priority, position, deadline)"
                                + " VALUES (:satellite, :deployment, :priority, :position, :deadline)"
                                + " ON CONFLICT (satellite, deployment) DO UPDATE SET priority = excluded.priority,"
                                + " position = excluded.position, deadline = excluded.deadline")
                        .bind("satellite", satellite.value())
                        .bind("deployment", place.deployment())
                        .bind("priority", place.priority())
                        .bind(
                                "position",
                                place.position().isPresent()
                                        ? (Integer) place.position().getAsInt()
                                        : null)
                        .bind(
                                "deadline",
                                place.deadline().map(Instant::toEpochMilli).orElse(null))
                        .execute();
            }
        });
    }

    @Override
    public boolean frozen(SatelliteName satellite) {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT COUNT(*) FROM frozen WHERE satellite = :satellite")
                        .bind("satellite", satellite.value())
                        .mapTo(Integer.class)
                        .one()
                > 0);
    }

    @Override
    public void freeze(SatelliteName satellite, boolean frozen) {
        var statement = frozen
                ? "INSERT INTO frozen (satellite) VALUES (:satellite) ON CONFLICT (satellite) DO NOTHING"
                : "DELETE FROM frozen WHERE satellite = :satellite";
        jdbi.useTransaction(handle -> handle.createUpdate(statement)
                .bind("satellite", satellite.value())
                .execute());
    }
}
