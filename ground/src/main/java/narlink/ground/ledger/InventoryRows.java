package narlink.ground.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import narlink.Bytes;
import narlink.ground.Mirror;
import narlink.ground.Piece;
import narlink.nix.StorePath;
import narlink.wire.SatelliteName;
import narlink.wire.StoreAnswer;
import narlink.wire.StoreQuestion;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The mirror, and what is asked and told of a store, as rows, and back.
final class InventoryRows {
    /// Questions that are remembered: older ones are answered no more.
    private static final int MAX_QUESTIONS = 200;

    private InventoryRows() {}

    static Mirror mirror(Handle handle, SatelliteName satellite) {
        var items = handle.createQuery("SELECT * FROM mirror WHERE satellite = :satellite")
                .bind("satellite", satellite.value())
                .map((row, context) -> item(row, Mirror.Belief.valueOf(row.getString("belief"))))
                .list();
        var verified = handle.createQuery("SELECT verified, verified_ids FROM satellite WHERE name = :satellite")
                .bind("satellite", satellite.value())
                .map((row, context) ->
                        row.getString("verified").isEmpty() || row.getLong("verified_ids") != Mirror.fingerprint(items)
                                ? Optional.<Bytes>empty()
                                : Optional.of(Bytes.ofHex(row.getString("verified"))))
                .findOne()
                .orElse(Optional.empty());
        return Mirror.of(items, verified);
    }

    static Mirror.Item item(ResultSet row, Mirror.Belief belief) throws SQLException {
        return new Mirror.Item(
                StorePath.parse(row.getString("path")),
                Bytes.ofHex(row.getString("nar_hash")),
                row.getLong("nar_size"),
                references(row.getString("refs")),
                belief);
    }

    private static Optional<SortedSet<StorePath>> references(@Nullable String names) {
        if (names == null) return Optional.empty();
        return Optional.of(Arrays.stream(names.split(" "))
                .filter(name -> !name.isEmpty())
                .map(StorePath::ofBaseName)
                .collect(Collectors.toCollection(TreeSet::new)));
    }

    static @Nullable String references(Mirror.Item item) {
        return item.references()
                .map(paths -> paths.stream().map(StorePath::baseName).collect(Collectors.joining(" ")))
                .orElse(null);
    }

    /// Adds to the mirror, under the rule of [narlink.ground.Ledger#believe].
    static void believe(Handle handle, SatelliteName satellite, Collection<Mirror.Item> items) {
        if (items.isEmpty()) return;
        var batch = handle.prepareBatch("INSERT INTO mirror (satellite, path, nar_hash, nar_size, belief, refs)"
                + " VALUES (:satellite, :path, :hash, :size, :belief, :refs)"
                + " ON CONFLICT (satellite, path) DO UPDATE SET nar_hash = excluded.nar_hash,"
                + " nar_size = excluded.nar_size, belief = excluded.belief,"
                + " refs = COALESCE(excluded.refs, mirror.refs)"
                + " WHERE excluded.belief <> 'PREDICTED' OR mirror.belief = 'PREDICTED'");
        for (var item : items) {
            batch.bind("satellite", satellite.value())
                    .bind("path", item.path().toString())
                    .bind("hash", item.narHash().hex())
                    .bind("size", item.narSize())
                    .bind("belief", item.belief().name())
                    .bind("refs", references(item))
                    .add();
        }
        batch.execute();
    }

    static void forget(Handle handle, SatelliteName satellite, Collection<StorePath> paths) {
        for (var path : paths) {
            handle.createUpdate("DELETE FROM mirror WHERE satellite = :satellite AND path = :path")
                    .bind("satellite", satellite.value())
                    .bind("path", path.toString())
                    .execute();
        }
    }

    static void settle(Handle handle, SatelliteName satellite, Collection<Mirror.Item> items, Bytes digest) {
        delete(handle, satellite, "mirror");
        delete(handle, satellite, "piece");
        delete(handle, satellite, "question"); // Answers that come again tell of a state that may be no more.
        believe(handle, satellite, items);
        handle.createUpdate("UPDATE satellite SET verified = :digest, verified_ids = :ids WHERE name = :satellite")
                .bind("satellite", satellite.value())
                .bind("digest", digest.hex())
                .bind("ids", Mirror.fingerprint(items))
                .execute();
    }

    private static void delete(Handle handle, SatelliteName satellite, String table) {
        handle.createUpdate("DELETE FROM <table> WHERE satellite = :satellite")
                .define("table", table)
                .bind("satellite", satellite.value())
                .execute();
    }

    static long lastQuestion(Handle handle, SatelliteName satellite) {
        return handle.createQuery("SELECT last_question FROM satellite WHERE name = :satellite")
                .bind("satellite", satellite.value())
                .mapTo(Long.class)
                .one();
    }

    static void asked(Handle handle, SatelliteName satellite, StoreQuestion question, int paths) {
        handle.createUpdate("INSERT INTO question (satellite, number, digest, paths, subject)"
                        + " VALUES (:satellite, :number, :digest, :paths, :subject)"
                        + " ON CONFLICT (satellite, number) DO NOTHING")
                .bind("satellite", satellite.value())
                .bind("number", question.number())
                .bind("digest", question.digest().hex())
                .bind("paths", paths)
                .bind("subject", Piece.write(question.subject()))
                .execute();
        handle.createUpdate("UPDATE satellite SET last_question = :number WHERE name = :satellite")
                .bind("number", question.number())
                .bind("satellite", satellite.value())
                .execute();
        handle.createUpdate("DELETE FROM question WHERE satellite = :satellite AND number <= (SELECT number"
                        + " FROM question WHERE satellite = :satellite ORDER BY number DESC LIMIT 1 OFFSET :most)")
                .bind("satellite", satellite.value())
                .bind("most", MAX_QUESTIONS)
                .execute();
    }

    static boolean told(Handle handle, SatelliteName satellite, StoreAnswer answer) {
        var told = handle.createQuery("SELECT * FROM question WHERE satellite = :satellite AND number = :number")
                .bind("satellite", satellite.value())
                .bind("number", answer.question())
                .map((row, context) -> pieces(row, answer))
                .findOne();
        if (told.isEmpty()) return false;
        if (answer.moved()) {
            handle.createUpdate("DELETE FROM piece WHERE satellite = :satellite AND digest = (SELECT digest"
                            + " FROM question WHERE satellite = :satellite AND number = :number)")
                    .bind("satellite", satellite.value())
                    .bind("number", answer.question())
                    .execute();
        }
        told.get().forEach(piece -> keep(handle, satellite, piece));
        return true;
    }

    private static void keep(Handle handle, SatelliteName satellite, Piece piece) {
        // Pieces of an object of another size are of another object.
        handle.createUpdate("DELETE FROM piece WHERE satellite = :satellite AND digest = :digest AND subject = :subject"
                        + " AND (size <> :size OR piece = :piece)")
                .bind("satellite", satellite.value())
                .bind("digest", piece.digest().hex())
                .bind("subject", Piece.write(piece.subject()))
                .bind("size", piece.size())
                .bind("piece", piece.index())
                .execute();
        handle.createUpdate("INSERT INTO piece (satellite, digest, paths, subject, piece, size, data)"
                        + " VALUES (:satellite, :digest, :paths, :subject, :piece, :size, :data)")
                .bind("satellite", satellite.value())
                .bind("digest", piece.digest().hex())
                .bind("paths", piece.paths())
                .bind("subject", Piece.write(piece.subject()))
                .bind("piece", piece.index())
                .bind("size", piece.size())
                .bind("data", SqlLedger.base64(piece.data().toArray()))
                .execute();
    }

    private static List<Piece> pieces(ResultSet question, StoreAnswer answer) throws SQLException {
        return Piece.of(
                Bytes.ofHex(question.getString("digest")),
                question.getInt("paths"),
                Piece.parse(question.getString("subject")),
                answer);
    }

    static List<Piece> pieces(Handle handle, SatelliteName satellite) {
        return handle.createQuery("SELECT * FROM piece WHERE satellite = :satellite")
                .bind("satellite", satellite.value())
                .map((row, context) -> new Piece(
                        Bytes.ofHex(row.getString("digest")),
                        row.getInt("paths"),
                        Piece.parse(row.getString("subject")),
                        row.getInt("piece"),
                        row.getInt("size"),
                        Bytes.of(Base64.getDecoder().decode(row.getString("data")))))
                .list();
    }

    static void discard(Handle handle, SatelliteName satellite, Bytes digest, StoreQuestion.Subject subject) {
        for (var table : List.of("piece", "question")) {
            handle.createUpdate(
                            "DELETE FROM <table> WHERE satellite = :satellite AND digest = :digest AND subject = :subject")
                    .define("table", table)
                    .bind("satellite", satellite.value())
                    .bind("digest", digest.hex())
                    .bind("subject", Piece.write(subject))
                    .execute();
        }
    }

    static void rooted(Handle handle, SatelliteName satellite, SortedMap<String, StorePath> roots) {
        delete(handle, satellite, "root");
        delete(handle, satellite, "question");
        roots.forEach((name, path) -> handle.createUpdate(
                        "INSERT INTO root (satellite, name, path) VALUES (:satellite, :name, :path)")
                .bind("satellite", satellite.value())
                .bind("name", name)
                .bind("path", path.toString())
                .execute());
        discardRoots(handle, satellite);
        wantRoots(handle, satellite, 0);
    }

    private static void discardRoots(Handle handle, SatelliteName satellite) {
        handle.createUpdate("DELETE FROM piece WHERE satellite = :satellite AND subject = :subject")
                .bind("satellite", satellite.value())
                .bind("subject", Piece.write(new StoreQuestion.Subject.Roots()))
                .execute();
    }

    static void wantRoots(Handle handle, SatelliteName satellite, int wanted) {
        handle.createUpdate("UPDATE satellite SET roots_wanted = :wanted WHERE name = :satellite")
                .bind("wanted", wanted)
                .bind("satellite", satellite.value())
                .execute();
    }

    static SortedMap<String, StorePath> roots(Handle handle, SatelliteName satellite) {
        var roots = new TreeMap<String, StorePath>();
        handle.createQuery("SELECT * FROM root WHERE satellite = :satellite")
                .bind("satellite", satellite.value())
                .map((row, context) -> java.util.Map.entry(row.getString("name"), row.getString("path")))
                .forEach(row -> roots.put(row.getKey(), StorePath.parse(row.getValue())));
        return roots;
    }
}
