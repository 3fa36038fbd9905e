package narlink.ground.ledger;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import narlink.Bytes;
import narlink.ground.Deployment;
import narlink.ground.FleetMember;
import narlink.ground.Ledger;
import narlink.ground.Mirror;
import narlink.ground.Piece;
import narlink.ground.Places;
import narlink.ground.QueuedCommand;
import narlink.ground.Satellite;
import narlink.ground.Timetable;
import narlink.nix.PublicKey;
import narlink.nix.StorePath;
import narlink.wire.FecObject;
import narlink.wire.Report;
import narlink.wire.SatelliteName;
import narlink.wire.StoreAnswer;
import narlink.wire.StoreQuestion;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/// The ledger in a relational database.
public final class SqlLedger implements Ledger {
    private final Transactions jdbi;
    private final Closeable database;

    private SqlLedger(Transactions jdbi, Closeable database) {
        this.jdbi = jdbi;
        this.database = database;
    }

    /// Opens a database, making or upgrading what is in it. Every commit is on the disk before it returns.
    public static SqlLedger open(Database database) throws IOException {
        var source = database.source();
        try {
            Schema.bringTo(source);
            return new SqlLedger(new Transactions(Jdbi.create(source), database.commitsTogether()), source);
        } catch (FlywayException | JdbiException e) {
            source.close();
            throw new IOException("cannot open the ledger " + database.text() + ": " + e.getMessage(), e);
        }
    }

    /// Opens a database that is known to be up to date.
    static SqlLedger openAsIs(Database database) throws IOException {
        var source = database.source();
        return new SqlLedger(new Transactions(Jdbi.create(source), database.commitsTogether()), source);
    }

    /// Opens an SQLite file.
    public static SqlLedger open(Path file) throws IOException {
        return open(Database.file(file));
    }

    @Override
    public List<PublicKey> stationKeys() {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT public_key FROM station_key ORDER BY public_key")
                .mapTo(String.class)
                .map(PublicKey::parse)
                .list());
    }

    @Override
    public void addStation(PublicKey key) {
        jdbi.useTransaction(handle -> handle.createUpdate(
                        "INSERT INTO station_key (public_key) VALUES (:key) ON CONFLICT (public_key) DO NOTHING")
                .bind("key", key.text())
                .execute());
    }

    @Override
    public Places places() {
        return new SqlPlaces(jdbi);
    }

    @Override
    public Timetable timetable() {
        return new SqlTimetable(jdbi);
    }

    @Override
    public void add(Satellite satellite) {
        jdbi.useTransaction(handle -> handle.createUpdate(
                        "INSERT INTO satellite (name, flight_key, system) VALUES (:name, :key, :system)")
                .bind("name", satellite.name().value())
                .bind("key", satellite.flightKey().text())
                .bind("system", satellite.system().orElse(null))
                .execute());
    }

    @Override
    public void remove(SatelliteName satellite) {
        jdbi.useTransaction(handle -> {
            for (var table : List.of(
                    "place",
                    "frozen",
                    "contact",
                    "link",
                    "earth_store",
                    "root",
                    "piece",
                    "question",
                    "history",
                    "command",
                    "report",
                    "esi",
                    "deployment_path",
                    "deployment",
                    "mirror")) {
                handle.createUpdate("DELETE FROM <table> WHERE satellite = :satellite")
                        .define("table", table)
                        .bind("satellite", satellite.value())
                        .execute();
            }
            handle.createUpdate("DELETE FROM satellite WHERE name = :satellite")
                    .bind("satellite", satellite.value())
                    .execute();
        });
    }

    @Override
    public Optional<Satellite> satellite(SatelliteName name) {
        return satellites().stream()
                .filter(satellite -> satellite.name().equals(name))
                .findFirst();
    }

    @Override
    public List<Satellite> satellites() {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT * FROM satellite ORDER BY name")
                .map((row, context) -> new Satellite(
                        new SatelliteName(row.getString("name")),
                        PublicKey.parse(row.getString("flight_key")),
                        Optional.ofNullable(row.getString("system"))))
                .list());
    }

    @Override
    public List<FleetMember> fleet() {
        return jdbi.withHandle(FleetRows::select);
    }

    @Override
    public void system(SatelliteName satellite, String system) {
        jdbi.useTransaction(
                handle -> handle.createUpdate("UPDATE satellite SET system = :system WHERE name = :satellite")
                        .bind("satellite", satellite.value())
                        .bind("system", system)
                        .execute());
    }

    @Override
    public Mirror mirror(SatelliteName satellite) {
        return jdbi.withHandle(handle -> InventoryRows.mirror(handle, satellite));
    }

    @Override
    public void believe(SatelliteName satellite, Collection<Mirror.Item> items) {
        if (items.isEmpty()) return;
        jdbi.useTransaction(handle -> InventoryRows.believe(handle, satellite, items));
    }

    @Override
    public void forget(SatelliteName satellite, Collection<StorePath> paths) {
        jdbi.useTransaction(handle -> InventoryRows.forget(handle, satellite, paths));
    }

    @Override
    public void settle(SatelliteName satellite, Collection<Mirror.Item> items, Bytes digest) {
        jdbi.useTransaction(handle -> InventoryRows.settle(handle, satellite, items, digest));
    }

    @Override
    public void asked(SatelliteName satellite, StoreQuestion question, int paths) {
        jdbi.useTransaction(handle -> InventoryRows.asked(handle, satellite, question, paths));
    }

    @Override
    public long lastQuestion(SatelliteName satellite) {
        return jdbi.withHandle(handle -> InventoryRows.lastQuestion(handle, satellite));
    }

    @Override
    public boolean told(SatelliteName satellite, StoreAnswer answer) {
        return jdbi.inTransaction(handle -> InventoryRows.told(handle, satellite, answer));
    }

    @Override
    public List<Piece> pieces(SatelliteName satellite) {
        return jdbi.withHandle(handle -> InventoryRows.pieces(handle, satellite));
    }

    @Override
    public void discard(SatelliteName satellite, Bytes digest, StoreQuestion.Subject subject) {
        jdbi.useTransaction(handle -> InventoryRows.discard(handle, satellite, digest, subject));
    }

    @Override
    public boolean rootsWanted(SatelliteName satellite) {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT roots_wanted FROM satellite WHERE name = :s")
                        .bind("s", satellite.value())
                        .mapTo(Integer.class)
                        .one()
                != 0);
    }

    @Override
    public void wantRoots(SatelliteName satellite) {
        jdbi.useTransaction(handle -> InventoryRows.wantRoots(handle, satellite, 1));
    }

    @Override
    public void rooted(SatelliteName satellite, SortedMap<String, StorePath> roots) {
        jdbi.useTransaction(handle -> InventoryRows.rooted(handle, satellite, roots));
    }

    @Override
    public SortedMap<String, StorePath> roots(SatelliteName satellite) {
        return jdbi.withHandle(handle -> InventoryRows.roots(handle, satellite));
    }

    @Override
    public List<String> stores(SatelliteName satellite) {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT url FROM earth_store WHERE satellite = :s")
                .bind("s", satellite.value())
                .mapTo(String.class)
                .list());
    }

    @Override
    public void addStore(SatelliteName satellite, String url) {
        jdbi.useTransaction(handle -> handle.createUpdate("INSERT INTO earth_store (satellite, url)"
                        + " VALUES (:satellite, :url) ON CONFLICT (satellite, url) DO NOTHING")
                .bind("satellite", satellite.value())
                .bind("url", url)
                .execute());
    }

    @Override
    public int nextNumber(SatelliteName satellite) {
        return jdbi.withHandle(
                handle -> handle.createQuery("SELECT COALESCE(MAX(number), 0) + 1 FROM deployment WHERE satellite = :s")
                        .bind("s", satellite.value())
                        .mapTo(Integer.class)
                        .one());
    }

    @Override
    public int lowestOpen(SatelliteName satellite) {
        return deployments(satellite).stream()
                .filter(deployment -> !deployment.ended())
                .mapToInt(Deployment::number)
                .min()
                .orElseGet(() -> nextNumber(satellite));
    }

    @Override
    public void add(Deployment deployment) {
        jdbi.useTransaction(handle -> {
            DeploymentRows.insert(handle, deployment);
            for (var object : FecObject.values()) {
                int blocks = deployment
                        .announcement()
                        .oti(object)
                        .map(narlink.fec.Oti::blocks)
                        .orElse(0);
                for (int block = 0; block < blocks; block++) insertEsi(handle, deployment, object, block);
            }
        });
    }

    private static void insertEsi(Handle handle, Deployment deployment, FecObject object, int block) {
        handle.createUpdate("INSERT INTO esi (satellite, deployment, object, block, next, settled)"
                        + " VALUES (:satellite, :deployment, :object, :block, 0, 0)")
                .bind("satellite", deployment.satellite().value())
                .bind("deployment", deployment.number())
                .bind("object", object.name())
                .bind("block", block)
                .execute();
    }

    @Override
    public List<Deployment> deployments(SatelliteName satellite) {
        return jdbi.withHandle(handle -> DeploymentRows.select(handle, satellite));
    }

    @Override
    public void progress(SatelliteName satellite, int number, Deployment.Progress progress) {
        jdbi.useTransaction(handle -> handle.createUpdate("UPDATE deployment SET state = :state, reason = :reason,"
                        + " blocks_done = :blocks, paths_done = :paths, exit_status = :exit, output_tail = :tail,"
                        + " stuck = :stuck, store_moved = :moved"
                        + " WHERE satellite = :satellite AND number = :number")
                .bind("satellite", satellite.value())
                .bind("number", number)
                .bind("state", progress.state().name())
                .bind("reason", progress.reason())
                .bind("blocks", progress.blocksDone())
                .bind("paths", progress.pathsDone())
                .bind("exit", progress.exitStatus())
                .bind("tail", progress.outputTail())
                .bind("stuck", progress.stuck() ? 1 : 0)
                .bind("moved", progress.storeMoved() ? 1 : 0)
                .execute());
    }

    @Override
    public int nextCommand(SatelliteName satellite) {
        return jdbi.withHandle(
                handle -> handle.createQuery("SELECT COALESCE(MAX(number), 0) + 1 FROM command WHERE satellite = :s")
                        .bind("s", satellite.value())
                        .mapTo(Integer.class)
                        .one());
    }

    @Override
    public boolean add(QueuedCommand command) {
        return jdbi.inTransaction(handle -> CommandRows.insert(handle, command));
    }

    @Override
    public List<QueuedCommand> commands(SatelliteName satellite) {
        return jdbi.withHandle(handle -> CommandRows.select(handle, satellite));
    }

    @Override
    public void answer(SatelliteName satellite, int number, QueuedCommand.State state, Bytes answer, int logSize) {
        jdbi.useTransaction(handle -> CommandRows.answer(handle, satellite, number, state, answer, logSize));
    }

    @Override
    public void happened(SatelliteName satellite, Instant when, String what) {
        jdbi.useTransaction(handle -> CommandRows.happened(handle, satellite, when, what));
    }

    @Override
    public List<Event> history(SatelliteName satellite) {
        return jdbi.withHandle(handle -> CommandRows.history(handle, satellite));
    }

    @Override
    public int lease(SatelliteName satellite, int deployment, FecObject object, int block, int count) {
        return jdbi.inTransaction(handle -> {
            int after = handle.createQuery("UPDATE esi SET next = next + :count WHERE satellite = :satellite"
                            + " AND deployment = :deployment AND object = :object AND block = :block RETURNING next")
                    .bind("count", count)
                    .bind("satellite", satellite.value())
                    .bind("deployment", deployment)
                    .bind("object", object.name())
                    .bind("block", block)
                    .mapTo(Integer.class)
                    .one();
            if (after > 1 << 24) {
                throw new IllegalStateException("block " + block + " of deployment " + deployment
                        + " has used up its symbols; send the target again as a new deployment");
            }
            return after - count;
        });
    }

    @Override
    public void giveBack(
            SatelliteName satellite, int deployment, FecObject object, int block, int first, int leasedEnd) {
        jdbi.useTransaction(handle -> handle.createUpdate("UPDATE esi SET next = :first WHERE satellite = :satellite"
                        + " AND deployment = :deployment AND object = :object AND block = :block AND next = :end")
                .bind("first", first)
                .bind("end", leasedEnd)
                .bind("satellite", satellite.value())
                .bind("deployment", deployment)
                .bind("object", object.name())
                .bind("block", block)
                .execute());
    }

    @Override
    public int[] used(SatelliteName satellite, int deployment, FecObject object, int blocks) {
        return counts(satellite, deployment, object, blocks, "next");
    }

    @Override
    public int[] settled(SatelliteName satellite, int deployment, FecObject object, int blocks) {
        return counts(satellite, deployment, object, blocks, "settled");
    }

    private int[] counts(SatelliteName satellite, int deployment, FecObject object, int blocks, String column) {
        int[] counts = new int[blocks];
        jdbi.useHandle(handle -> handle.createQuery("SELECT block, <column> AS count FROM esi"
                        + " WHERE satellite = :satellite AND deployment = :deployment AND object = :object")
                .define("column", column)
                .bind("satellite", satellite.value())
                .bind("deployment", deployment)
                .bind("object", object.name())
                .map((row, context) -> new int[] {row.getInt("block"), row.getInt("count")})
                .forEach(pair -> counts[pair[0]] = pair[1]));
        return counts;
    }

    @Override
    public boolean report(SatelliteName satellite, Report report, byte[] segment, Instant heard) {
        return jdbi.inTransaction(handle -> {
            int changed = handle.createUpdate("INSERT INTO report (satellite, sequence, segment, heard)"
                            + " VALUES (:satellite, :sequence, :segment, :heard)"
                            + " ON CONFLICT (satellite) DO UPDATE SET sequence = excluded.sequence,"
                            + " segment = excluded.segment, heard = excluded.heard"
                            + " WHERE excluded.sequence > report.sequence")
                    .bind("satellite", satellite.value())
                    .bind("sequence", report.sequence())
                    .bind("segment", base64(segment))
                    .bind("heard", heard.toEpochMilli())
                    .execute();
            if (changed == 0) return false;
            handle.createUpdate("UPDATE esi SET settled = next WHERE satellite = :satellite AND settled <> next")
                    .bind("satellite", satellite.value())
                    .execute();
            return true;
        });
    }

    @Override
    public Optional<HeardReport> lastReport(SatelliteName satellite) {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT * FROM report WHERE satellite = :satellite")
                .bind("satellite", satellite.value())
                .map((row, context) -> new HeardReport(
                        Base64.getDecoder().decode(row.getString("segment")),
                        Instant.ofEpochMilli(row.getLong("heard"))))
                .findFirst());
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Override
    public void close() {
        jdbi.close();
        try {
            database.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
