package narlink.ground;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import narlink.Bytes;
import narlink.nix.PublicKey;
import narlink.wire.Command;
import narlink.wire.FecObject;
import narlink.wire.Frames;
import narlink.wire.SatelliteName;
import narlink.wire.Symbols;

/// What a pass carries to a satellite, by what the ledger knows.
final class Load {
    private static final System.Logger LOG = System.getLogger(Load.class.getName());

    private Load() {}

    /// What is to go up, with what was sent of it so far.
    static Map<Integer, Deployment> open(Ledger ledger, Satellite satellite, PublicKey station, Instant now) {
        var open = new HashMap<Integer, Deployment>();
        var cancelled = new HashSet<Integer>();
        for (var command : commands(ledger, satellite, now)) {
            if (command.action() instanceof Command.Action.Cancel cancel) cancelled.add(cancel.deployment());
        }
        boolean frozen = ledger.places().frozen(satellite.name());
        for (var deployment : ledger.deployments(satellite.name())) {
            if (deployment.ended() || cancelled.contains(deployment.number())) continue;
            boolean unknownOnBoard = deployment.progress().state() == Deployment.State.QUEUED;
            if (unknownOnBoard && !now.isBefore(deployment.announcement().expires())) {
                ledger.progress(
                        satellite.name(),
                        deployment.number(),
                        Deployment.Progress.ended(Deployment.State.EXPIRED, "before it was heard of"));
                continue;
            }
            if (!frozen && isOurs(deployment, station)) open.put(deployment.number(), deployment);
        }
        return open;
    }

    /// Whether the satellite would believe this station's symbols. Who was added after a deployment was signed leaves
    /// it to the others.
    private static boolean isOurs(Deployment deployment, PublicKey station) {
        boolean ours = deployment.announcement().stationKeys().contains(station.key());
        if (!ours) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "deployment {0} for {1} was signed before this station was known: another one has to send it",
                    deployment.number(),
                    deployment.satellite());
        }
        return ours;
    }

    /// Takes out those whose symbols no segment of a link can hold: others go up all the same.
    ///
    /// @return what to do about them; empty where there are none
    static Optional<String> dropUnfit(Map<Integer, Deployment> open, int segmentSize) {
        var unfit = new TreeMap<Integer, Integer>();
        open.forEach((number, deployment) -> {
            for (var object : FecObject.values()) {
                var oti = deployment.announcement().oti(object);
                if (oti.isEmpty()) continue;
                int size = oti.get().symbolSize();
                int room = segmentSize - Frames.DATAGRAM_OVERHEAD;
                boolean fits = Symbols.fitting(room, size, number, oti.get().blocks() - 1) > 0;
                if (!fits) unfit.merge(number, size, Math::max);
            }
        });
        open.keySet().removeAll(unfit.keySet());
        if (unfit.isEmpty()) return Optional.empty();
        var why = unfit.entrySet().stream()
                .map(entry -> "deployment " + entry.getKey() + " has symbols of " + entry.getValue() + " bytes")
                .collect(Collectors.joining(
                        ", ",
                        "segments of " + segmentSize + " bytes are too small: ",
                        "; use a larger --segment-size, or send again with a smaller --symbol-size"));
        LOG.log(System.Logger.Level.WARNING, why);
        return Optional.of(why);
    }

    /// Commands whose outcome is not known.
    static List<QueuedCommand> commands(Ledger ledger, Satellite satellite, Instant now) {
        var open = new ArrayList<QueuedCommand>();
        for (var command : ledger.commands(satellite.name())) {
            if (command.state().ended()) continue;
            if (command.state() == QueuedCommand.State.QUEUED && !now.isBefore(command.expires())) {
                ledger.answer(satellite.name(), command.number(), QueuedCommand.State.EXPIRED, Bytes.EMPTY, 0);
                ledger.happened(satellite.name(), now, "command " + command.number() + " EXPIRED");
                continue;
            }
            open.add(command);
        }
        return open;
    }

    /// ESIs used so far.
    static Map<FecObject, int[]> used(Ledger ledger, Deployment deployment) {
        return counts(deployment, ledger::used);
    }

    static Deployment deployment(Map<Integer, Deployment> open, int number) {
        var deployment = open.get(number);
        if (deployment == null) throw new IllegalStateException("deployment " + number + " is not in this pass");
        return deployment;
    }

    static List<Outgoing> outgoing(Ledger ledger, Map<Integer, Deployment> open) {
        if (open.isEmpty()) return List.of();
        var satellite = open.values().iterator().next().satellite();
        return new Queue(ledger, satellite)
                .deployments().stream()
                        .filter(deployment -> open.containsKey(deployment.number()))
                        .map(deployment -> new Outgoing(deployment.announcement(), used(ledger, deployment)))
                        .toList();
    }

    /// Takes up, for a pass that hears nothing, what the last report told.
    static void blindly(Transmission transmission, Ledger ledger, Satellite satellite, Map<Integer, Deployment> open) {
        var settled = new HashMap<Integer, Map<FecObject, int[]>>();
        open.forEach((number, deployment) -> settled.put(number, counts(deployment, ledger::settled)));
        transmission.blindly(new ReportIntake(ledger, satellite).last(), settled);
    }

    private interface Counts {
        int[] of(SatelliteName satellite, int deployment, FecObject object, int blocks);
    }

    private static Map<FecObject, int[]> counts(Deployment deployment, Counts counts) {
        var all = new EnumMap<FecObject, int[]>(FecObject.class);
        for (var object : FecObject.values()) {
            var oti = deployment.announcement().oti(object);
            if (oti.isEmpty()) continue;
            all.put(
                    object,
                    counts.of(
                            deployment.satellite(),
                            deployment.number(),
                            object,
                            oti.get().blocks()));
        }
        return all;
    }
}
