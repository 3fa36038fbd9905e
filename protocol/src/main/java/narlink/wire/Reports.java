package narlink.wire;

import static narlink.wire.Messages.bounded;
import static narlink.wire.Messages.bytes;
import static narlink.wire.Messages.instant;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import narlink.wire.Report.CommandResult;
import narlink.wire.Report.Counter;
import narlink.wire.Report.DeploymentReport;
import narlink.wire.Report.Missing;
import narlink.wire.Report.ProfileReport;

/// Reports as protocol buffers, and back (§7).
final class Reports {
    /// Machines that have a number of their own, from 1.
    private static final List<String> PLATFORMS = List.of("x86_64-linux", "aarch64-linux");

    /// The profile whose name need not be said.
    private static final String DEFAULT = "default";

    private Reports() {}

    static narlink.v1.Report write(Report report) {
        var out = narlink.v1.Report.newBuilder()
                .setSequence(report.sequence())
                .setVersion(report.version())
                .setFeatures(report.features())
                .setTime(Math.max(0, report.time().getEpochSecond()))
                .setStoreDigest(bytes(report.storeDigest()))
                .setValidPaths(report.validPaths())
                .setFreeBytes(report.freeBytes())
                .setPoll(report.poll())
                .setSymbols(report.symbols())
                .setGaps(report.gaps())
                .setCounters(write(report.counters()))
                .setLowestOpen(report.lowestOpen())
                .setCommand(report.command());
        int platform = PLATFORMS.indexOf(report.system()) + 1;
        if (platform > 0) out.setPlatform(platform);
        else out.setSystem(report.system());
        report.damaged().ifPresent(damage -> out.setDamaged(damage.paths() + 1).setDamagedSum(damage.sum()));
        report.deployments().forEach(deployment -> out.addDeployments(write(deployment)));
        report.profiles().forEach(profile -> out.addProfiles(write(profile)));
        report.results()
                .forEach(result -> out.addResults(narlink.v1.CommandResult.newBuilder()
                        .setNumber(result.number())
                        .setOutcomeValue(result.outcome().ordinal() + 1)
                        .setText(bytes(result.text()))
                        .setLogSize(result.logSize())));
        return out.build();
    }

    static Report parse(narlink.v1.Report in) {
        return new Report(
                in.getSequence(),
                in.getVersion(),
                in.getFeatures(),
                instant(in.getTime()),
                bytes(in.getStoreDigest()),
                in.getValidPaths(),
                in.getFreeBytes(),
                system(in),
                in.getPoll(),
                in.getSymbols(),
                in.getGaps(),
                parse(in.getCounters()),
                bounded(in.getDeploymentsList(), Report.MAX_DEPLOYMENTS).stream()
                        .map(Reports::parse)
                        .toList(),
                bounded(in.getProfilesList(), Report.MAX_PROFILES).stream()
                        .map(Reports::parse)
                        .toList(),
                in.getLowestOpen(),
                in.getCommand(),
                bounded(in.getResultsList(), Report.MAX_RESULTS).stream()
                        .map(Reports::parse)
                        .toList(),
                in.getDamaged() == 0
                        ? Optional.empty()
                        : Optional.of(new Report.Damage(in.getDamaged() - 1, in.getDamagedSum())));
    }

    private static String system(narlink.v1.Report in) {
        int platform = in.getPlatform() - 1;
        return platform >= 0 && platform < PLATFORMS.size() ? PLATFORMS.get(platform) : in.getSystem();
    }

    private static narlink.v1.ProfileReport write(ProfileReport report) {
        var out = narlink.v1.ProfileReport.newBuilder()
                .setName(report.name().equals(DEFAULT) ? "" : report.name())
                .setGeneration(report.generation())
                .setPath(bytes(report.path()))
                .setConfirmed(report.confirmed());
        report.activation().ifPresent(state -> out.setActivationValue(state.ordinal() + 1));
        return out.build();
    }

    private static ProfileReport parse(narlink.v1.ProfileReport in) {
        return new ProfileReport(
                in.getName().isEmpty() ? DEFAULT : in.getName(),
                in.getGeneration(),
                bytes(in.getPath()),
                in.getConfirmed(),
                in.getActivationValue() == 0 ? Optional.empty() : Optional.of(state(in.getActivationValue())));
    }

    private static CommandResult parse(narlink.v1.CommandResult in) {
        int outcome = in.getOutcomeValue();
        if (outcome < 1 || outcome > CommandResult.Outcome.values().length) {
            throw new IllegalArgumentException("outcome " + outcome);
        }
        return new CommandResult(
                in.getNumber(), CommandResult.Outcome.values()[outcome - 1], bytes(in.getText()), in.getLogSize());
    }

    private static DeploymentState state(int number) {
        if (number < 1 || number > DeploymentState.values().length) {
            throw new IllegalArgumentException("deployment state " + number);
        }
        return DeploymentState.values()[number - 1];
    }

    private static narlink.v1.DeploymentReport write(DeploymentReport report) {
        var out = narlink.v1.DeploymentReport.newBuilder()
                .setDeployment(report.deployment())
                .setStateValue(report.state().ordinal() + 1)
                .setReason(report.reason())
                .setBlocksDone(report.blocksDone())
                .setBlocks(report.blocks())
                .setPaths(report.paths())
                .setPathsDone(report.pathsDone())
                .setExitStatus(report.exitStatus() + 1)
                .setOutputTail(bytes(report.outputTail()))
                .setManifestHash(bytes(report.manifestHash()))
                .addAllUnusable(report.unusable().stream()
                        .map(path -> path.index() * 2 + (path.damaged() ? 1 : 0))
                        .toList())
                .setStoreMoved(report.storeMoved());
        if (!report.manifest().equals(Missing.NONE)) out.setManifest(write(report.manifest()));
        if (!report.pack().equals(Missing.NONE)) out.setPack(write(report.pack()));
        return out.build();
    }

    private static DeploymentReport parse(narlink.v1.DeploymentReport in) {
        return new DeploymentReport(
                in.getDeployment(),
                state(in.getStateValue()),
                in.getReason(),
                in.getBlocksDone(),
                in.getBlocks(),
                in.getPaths(),
                in.getPathsDone(),
                parse(in.getManifest()),
                parse(in.getPack()),
                in.getExitStatus() - 1,
                bytes(in.getOutputTail()),
                bytes(in.getManifestHash()),
                bounded(in.getUnusableList(), DeploymentReport.MAX_UNUSABLE).stream()
                        .map(path -> new Report.Unusable(path >>> 1, (path & 1) == 1))
                        .toList(),
                in.getStoreMoved());
    }

    private static narlink.v1.Missing write(Missing missing) {
        return narlink.v1.Missing.newBuilder()
                .setFirst(missing.first())
                .addAllSymbols(missing.symbols())
                .setUntouched(missing.untouched())
                .build();
    }

    private static Missing parse(narlink.v1.Missing in) {
        return new Missing(in.getFirst(), bounded(in.getSymbolsList(), Missing.MAX_BLOCKS), in.getUntouched());
    }

    private static narlink.v1.Counters write(Map<Counter, Long> counters) {
        var out = narlink.v1.Counters.newBuilder();
        counters.forEach((counter, count) -> out.setField(field(counter), count));
        return out.build();
    }

    private static Map<Counter, Long> parse(narlink.v1.Counters in) {
        var counts = new EnumMap<Counter, Long>(Counter.class);
        for (var counter : Counter.values()) {
            counts.put(counter, COUNTS.get(counter.ordinal()).applyAsLong(in));
        }
        return counts;
    }

    /// In the order of [Counter]: asking by descriptor takes longer than all else of a report.
    private static final List<ToLongFunction<narlink.v1.Counters>> COUNTS = List.of(
            narlink.v1.Counters::getFramesBad,
            narlink.v1.Counters::getSegmentsMalformed,
            narlink.v1.Counters::getSegmentsUnknownKey,
            narlink.v1.Counters::getSegmentsBadSignature,
            narlink.v1.Counters::getSegmentsUnauthorized,
            narlink.v1.Counters::getSegmentsUnknownKind,
            narlink.v1.Counters::getSegmentsDuplicate,
            narlink.v1.Counters::getAnnouncementsReplayed,
            narlink.v1.Counters::getAnnouncementsExpired,
            narlink.v1.Counters::getBlocksBad,
            narlink.v1.Counters::getSegmentsAccepted);

    private static com.google.protobuf.Descriptors.FieldDescriptor field(Counter counter) {
        return narlink.v1.Counters.getDescriptor().findFieldByNumber(counter.ordinal() + 1);
    }
}
