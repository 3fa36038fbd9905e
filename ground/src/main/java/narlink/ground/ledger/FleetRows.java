package narlink.ground.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import narlink.ground.Deployment;
import narlink.ground.FleetMember;
import narlink.ground.Ledger;
import narlink.ground.Mirror;
import narlink.ground.QueuedCommand;
import narlink.nix.StorePath;
import narlink.wire.SatelliteName;
import org.jdbi.v3.core.Handle;

/// The whole fleet in as many queries as there are tables, whatever its size.
final class FleetRows {
    private FleetRows() {}

    static List<FleetMember> select(Handle handle) {
        var paths = paths(handle);
        var reports = reports(handle);
        var frozen = new HashSet<>(handle.createQuery("SELECT satellite FROM frozen")
                .mapTo(String.class)
                .list());
        var commands = commands(handle);
        var deployments = deployments(handle);
        return handle.createQuery("SELECT name FROM satellite ORDER BY name").mapTo(String.class).stream()
                .map(name -> new FleetMember(
                        new SatelliteName(name),
                        paths.getOrDefault(name, Map.of()),
                        Optional.ofNullable(reports.get(name)),
                        frozen.contains(name),
                        commands.getOrDefault(name, 0),
                        deployments.getOrDefault(name, List.of())))
                .toList();
    }

    private static Map<String, Map<Mirror.Belief, Long>> paths(Handle handle) {
        var paths = new HashMap<String, Map<Mirror.Belief, Long>>();
        handle.createQuery("SELECT satellite, belief, COUNT(*) AS count FROM mirror GROUP BY satellite, belief")
                .map((row, context) -> paths.computeIfAbsent(
                                row.getString("satellite"), unused -> new EnumMap<>(Mirror.Belief.class))
                        .put(Mirror.Belief.valueOf(row.getString("belief")), row.getLong("count")))
                .list();
        return paths;
    }

    private static Map<String, Ledger.HeardReport> reports(Handle handle) {
        var reports = new HashMap<String, Ledger.HeardReport>();
        handle.createQuery("SELECT satellite, segment, heard FROM report")
                .map((row, context) -> reports.put(
                        row.getString("satellite"),
                        new Ledger.HeardReport(
                                Base64.getDecoder().decode(row.getString("segment")),
                                Instant.ofEpochMilli(row.getLong("heard")))))
                .list();
        return reports;
    }

    private static Map<String, Integer> commands(Handle handle) {
        var ended = Arrays.stream(QueuedCommand.State.values())
                .filter(QueuedCommand.State::ended)
                .map(Enum::name)
                .toList();
        var commands = new HashMap<String, Integer>();
        handle.createQuery("SELECT satellite, COUNT(*) AS count FROM command WHERE state NOT IN (<ended>)"
                        + " GROUP BY satellite")
                .bindList("ended", ended)
                .map((row, context) -> commands.put(row.getString("satellite"), row.getInt("count")))
                .list();
        return commands;
    }

    private static Map<String, List<FleetMember.Brief>> deployments(Handle handle) {
        var open = Arrays.stream(Deployment.State.values())
                .filter(state -> !state.ended())
                .map(Enum::name)
                .toList();
        var deployments = new HashMap<String, List<FleetMember.Brief>>();
        handle.createQuery("SELECT satellite, number, state, reason, blocks_done, paths_done, announcement, targets,"
                        + " (SELECT COUNT(*) FROM deployment_path p WHERE p.satellite = d.satellite"
                        + " AND p.deployment = d.number) AS paths FROM deployment d WHERE (satellite, number) IN"
                        + " (SELECT satellite, MAX(number) FROM deployment GROUP BY satellite"
                        + " UNION SELECT satellite, number FROM deployment WHERE state IN (<open>))"
                        + " ORDER BY satellite, number")
                .bindList("open", open)
                .map((row, context) -> deployments
                        .computeIfAbsent(row.getString("satellite"), unused -> new ArrayList<>())
                        .add(brief(row)))
                .list();
        return deployments;
    }

    private static FleetMember.Brief brief(ResultSet row) throws SQLException {
        byte[] segment = Base64.getDecoder().decode(row.getString("announcement"));
        return new FleetMember.Brief(
                row.getInt("number"),
                Deployment.State.valueOf(row.getString("state")),
                row.getString("reason"),
                row.getInt("blocks_done"),
                DeploymentRows.announcement(segment)
                        .pack()
                        .map(narlink.fec.Oti::blocks)
                        .orElse(0),
                row.getInt("paths_done"),
                row.getInt("paths"),
                StorePath.parse(row.getString("targets").lines().findFirst().orElse("")));
    }
}
