package narlink.ground.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import narlink.ground.Contact;
import narlink.ground.Pass;
import narlink.ground.Repair;
import narlink.ground.StationLink;
import narlink.ground.StationName;
import narlink.ground.Timetable;
import narlink.simulation.LinkProfile;
import narlink.wire.PipeUrl;
import narlink.wire.SatelliteName;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The timetable in the ledger's database.
final class SqlTimetable implements Timetable {
    private final Transactions jdbi;

    SqlTimetable(Transactions jdbi) {
        this.jdbi = jdbi;
    }

    @Override
    public List<StationLink> links() {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT * FROM link ORDER BY satellite, station")
                .map((row, context) -> new StationLink(
                        route(row),
                        PipeUrl.parse(row.getString("pipe")),
                        new Pass.Settings(
                                rate(row),
                                Duration.ZERO,
                                row.getInt("segment_size"),
                                repair(row),
                                Pass.Forward.UNSURE,
                                turnaround(row))))
                .list());
    }

    @Override
    public void put(StationLink link) {
        jdbi.useTransaction(handle -> {
            delete(handle, link.route());
            handle.createUpdate(
                            "INSERT INTO link (satellite, station, pipe, rate, segment_size, blind, deliver, profile,"
                                    + " turnaround) VALUES (:satellite, :station, :pipe, :rate, :size, :blind,"
                                    + " :deliver, :profile, :turnaround)")
                    .bind("satellite", link.route().satellite().value())
                    .bind("station", link.route().station().value())
                    .bind("pipe", link.pipe().text())
                    .bind("rate", boxed(link.settings().rate()))
                    .bind("size", link.settings().segmentSize())
                    .bind(
                            "turnaround",
                            link.settings().turnaround().map(Duration::toMillis).orElse(null))
                    .bind("blind", share(link.settings().blind()))
                    .bind(
                            "deliver",
                            delivery(link.settings().blind())
                                    .map(Repair.ForDelivery::probability)
                                    .orElse(null))
                    .bind(
                            "profile",
                            delivery(link.settings().blind())
                                    .map(wanted -> wanted.link().name())
                                    .orElse(null))
                    .execute();
        });
    }

    @Override
    public boolean remove(StationLink.Route route) {
        return jdbi.inTransaction(handle -> delete(handle, route));
    }

    private static boolean delete(Handle handle, StationLink.Route route) {
        return handle.createUpdate("DELETE FROM link WHERE satellite = :satellite AND station = :station")
                        .bind("satellite", route.satellite().value())
                        .bind("station", route.station().value())
                        .execute()
                > 0;
    }

    @Override
    public List<Contact> contacts() {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "SELECT * FROM contact ORDER BY begins, satellite, station, ends")
                .map((row, context) -> new Contact(
                        route(row),
                        Instant.ofEpochMilli(row.getLong("begins")),
                        Instant.ofEpochMilli(row.getLong("ends")),
                        rate(row),
                        every(row)))
                .list());
    }

    @Override
    public void change(Collection<Contact> gone, Collection<Contact> come) {
        jdbi.useTransaction(handle -> {
            for (var contact : gone) {
                handle.createUpdate("DELETE FROM contact WHERE satellite = :satellite AND station = :station"
                                + " AND begins = :begins AND ends = :ends")
                        .bind("satellite", contact.route().satellite().value())
                        .bind("station", contact.route().station().value())
                        .bind("begins", contact.begin().toEpochMilli())
                        .bind("ends", contact.end().toEpochMilli())
                        .execute();
            }
            for (var contact : come) {
                handle.createUpdate("INSERT INTO contact (satellite, station, begins, ends, rate, every)"
                                + " VALUES (:satellite, :station, :begins, :ends, :rate, :every)"
                                + " ON CONFLICT (satellite, station, begins, ends) DO UPDATE SET"
                                + " rate = excluded.rate, every = excluded.every")
                        .bind("satellite", contact.route().satellite().value())
                        .bind("station", contact.route().station().value())
                        .bind("begins", contact.begin().toEpochMilli())
                        .bind("ends", contact.end().toEpochMilli())
                        .bind("rate", boxed(contact.rate()))
                        .bind("every", contact.every().map(Duration::toMillis).orElse(null))
                        .execute();
            }
        });
    }

    /// Negative where it is not a share.
    private static double share(Optional<Repair> blind) {
        return blind.filter(Repair.Share.class::isInstance)
                .map(share -> ((Repair.Share) share).share())
                .orElse(-1.0);
    }

    private static Optional<Repair.ForDelivery> delivery(Optional<Repair> blind) {
        return blind.filter(Repair.ForDelivery.class::isInstance).map(Repair.ForDelivery.class::cast);
    }

    private static Optional<Repair> repair(ResultSet row) throws SQLException {
        var profile = Optional.ofNullable(row.getString("profile")).flatMap(LinkProfile::named);
        if (profile.isPresent()) {
            return Optional.of(
                    new Repair.ForDelivery(row.getDouble("deliver"), profile.get(), row.getInt("segment_size")));
        }
        double share = row.getDouble("blind");
        return share < 0 ? Optional.empty() : Optional.of(new Repair.Share(share));
    }

    private static StationLink.Route route(ResultSet row) throws SQLException {
        return new StationLink.Route(
                new SatelliteName(row.getString("satellite")), new StationName(row.getString("station")));
    }

    private static Optional<Duration> turnaround(ResultSet row) throws SQLException {
        long millis = row.getLong("turnaround");
        return row.wasNull() ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
    }

    private static OptionalLong rate(ResultSet row) throws SQLException {
        long rate = row.getLong("rate");
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(rate);
    }

    private static Optional<Duration> every(ResultSet row) throws SQLException {
        long millis = row.getLong("every");
        return row.wasNull() ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
    }

    private static @Nullable Long boxed(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : null;
    }
}
