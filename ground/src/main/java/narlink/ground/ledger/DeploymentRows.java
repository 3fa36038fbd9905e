package narlink.ground.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import narlink.ground.Deployment;
import narlink.ground.Mirror;
import narlink.nix.StorePath;
import narlink.wire.Announcement;
import narlink.wire.Envelope;
import narlink.wire.SatelliteName;
import org.jdbi.v3.core.Handle;

/// Deployments as rows, and back.
final class DeploymentRows {
    private DeploymentRows() {}

    static void insert(Handle handle, Deployment deployment) {
        handle.createUpdate("INSERT INTO deployment (satellite, number, created, announcement, manifest, pack, targets,"
                        + " profile, state, reason, blocks_done, paths_done, exit_status, output_tail, store)"
                        + " VALUES (:satellite, :number, :created, :announcement, :manifest, :pack, :targets,"
                        + " :profile, :state, :reason, 0, 0, -1, '', :store)")
                .bind("satellite", deployment.satellite().value())
                .bind("number", deployment.number())
                .bind("created", deployment.created().toEpochMilli())
                .bind("announcement", SqlLedger.base64(deployment.segment()))
                .bind("manifest", SqlLedger.base64(deployment.manifest()))
                .bind("pack", deployment.pack())
                .bind(
                        "targets",
                        String.join(
                                "\n",
                                deployment.targets().stream()
                                        .map(StorePath::toString)
                                        .toList()))
                .bind("profile", deployment.profile())
                .bind("state", deployment.progress().state().name())
                .bind("reason", deployment.progress().reason())
                .bind("store", deployment.store())
                .execute();
        if (deployment.objects().isEmpty()) return;
        var batch = handle.prepareBatch("INSERT INTO deployment_path (satellite, deployment, position, path, nar_hash,"
                + " nar_size, refs) VALUES (:satellite, :deployment, :position, :path, :hash, :size, :refs)");
        int position = 0;
        for (var item : deployment.objects()) {
            batch.bind("satellite", deployment.satellite().value())
                    .bind("deployment", deployment.number())
                    .bind("position", position++)
                    .bind("path", item.path().toString())
                    .bind("hash", item.narHash().hex())
                    .bind("size", item.narSize())
                    .bind("refs", InventoryRows.references(item))
                    .add();
        }
        batch.execute();
    }

    static List<Deployment> select(Handle handle, SatelliteName satellite) {
        Map<Integer, List<Mirror.Item>> objects = new HashMap<>();
        handle.createQuery("SELECT * FROM deployment_path WHERE satellite = :satellite ORDER BY deployment, position")
                .bind("satellite", satellite.value())
                .map((row, context) ->
                        Map.entry(row.getInt("deployment"), InventoryRows.item(row, Mirror.Belief.ACKNOWLEDGED)))
                .forEach(entry -> objects.computeIfAbsent(entry.getKey(), number -> new ArrayList<>())
                        .add(entry.getValue()));
        return handle.createQuery("SELECT * FROM deployment WHERE satellite = :satellite ORDER BY number")
                .bind("satellite", satellite.value())
                .map((row, context) ->
                        deployment(row, satellite, objects.getOrDefault(row.getInt("number"), List.of())))
                .list();
    }

    private static Deployment deployment(ResultSet row, SatelliteName satellite, List<Mirror.Item> objects)
            throws SQLException {
        byte[] segment = Base64.getDecoder().decode(row.getString("announcement"));
        return new Deployment(
                satellite,
                announcement(segment),
                segment,
                Base64.getDecoder().decode(row.getString("manifest")),
                row.getString("pack"),
                row.getString("targets").lines().map(StorePath::parse).toList(),
                row.getString("profile"),
                objects,
                Instant.ofEpochMilli(row.getLong("created")),
                new Deployment.Progress(
                        Deployment.State.valueOf(row.getString("state")),
                        row.getString("reason"),
                        row.getInt("blocks_done"),
                        row.getInt("paths_done"),
                        row.getInt("exit_status"),
                        row.getString("output_tail"),
                        row.getInt("stuck") != 0,
                        row.getInt("store_moved") != 0),
                row.getString("store"));
    }

    /// Our own signature, from our own database: only what it says is of interest.
    static Announcement announcement(byte[] segment) {
        if (Envelope.peek(segment).orElse(null) instanceof Announcement announcement) return announcement;
        throw new IllegalStateException("the ledger holds an announcement that is none");
    }
}
