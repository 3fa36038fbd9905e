package narlink.flight;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import narlink.Bytes;
import narlink.Step;
import narlink.delta.Codec;
import narlink.fec.Oti;
import narlink.pack.Outline;
import narlink.wire.Announcement;
import narlink.wire.DeploymentState;
import narlink.wire.FecObject;
import narlink.wire.Report;
import narlink.wire.Report.Missing;
import narlink.wire.Symbols;

/// One deployment as the satellite sees it. Reads no clock, disk or pipe: equal inputs give equal steps in orbit, in
/// the simulator and in a property. Replaying the files of the deployment rebuilds it.
///
/// @param reason why it waits or how it ended
/// @param exitStatus of the activation, -1 when none ran
/// @param footing what it counts on on board
record Reception(
        Announcement announcement,
        DeploymentState state,
        String reason,
        Optional<Outline> manifest,
        List<Block> manifestBlocks,
        List<Block> packBlocks,
        int pathsDone,
        int exitStatus,
        Bytes outputTail,
        Footing footing) {

    Reception {
        manifestBlocks = List.copyOf(manifestBlocks);
        packBlocks = List.copyOf(packBlocks);
    }

    static Reception begin(Announcement announcement) {
        return new Reception(
                announcement,
                DeploymentState.RECEIVING,
                "",
                Optional.empty(),
                blocks(Optional.of(announcement.manifest())),
                blocks(announcement.pack()),
                0,
                -1,
                Bytes.EMPTY,
                Footing.FIRM);
    }

    int number() {
        return announcement.deployment();
    }

    /// Where it stands, for the log.
    String line() {
        return number() + " is " + state + (reason.isEmpty() ? "" : ": " + reason);
    }

    Step<Reception, Effect> on(Input input) {
        if (state.ended()) {
            return input instanceof Input.Arrived ? Step.to(this, new Effect.Surplus()) : Step.to(this);
        }
        return switch (input) {
            case Input.Arrived arrived ->
                Step.to(this, wants(arrived.symbols()) ? new Effect.Keep(arrived.symbols()) : new Effect.Surplus());
            case Input.Kept kept -> kept(kept);
            case Input.Decoded block -> decoded(block.object(), block.block());
            case Input.Undecodable block -> undecodable(block.object(), block.block());
            case Input.Undecided block ->
                Step.to(with(
                                block.object(),
                                block.block(),
                                block(block.object(), block.block()).undecided())
                        .withPaths(pathsDone, block.reason()));
            case Input.Spoilt block ->
                Step.to(with(
                        block.object(),
                        block.block(),
                        Block.empty(oti(block.object()).k(block.block()))));
            case Input.ManifestRead read -> manifestRead(read.manifest());
            case Input.Imported imported -> imported(imported.paths());
            case Input.Unusable found -> Step.to(on(footing.without(found.paths())));
            case Input.StoreSeen seen ->
                Step.to(on(footing.on(!seen.digest().bytes().startsWith(announcement.storeDigest()))));
            case Input.Complete complete -> complete();
            case Input.Stalled stalled -> Step.to(withPaths(pathsDone, stalled.reason()));
            case Input.Activating activating -> activating(activating);
            case Input.Failed failed -> ended(DeploymentState.FAILED, failed.reason());
            // What has begun to change the system is not stopped half-way.
            case Input.Cancelled cancelled ->
                state.activates() ? Step.to(this) : ended(DeploymentState.CANCELLED, "by command");
            case Input.Superseded superseded ->
                state == DeploymentState.RECEIVING
                        ? superseded(superseded.by())
                        : Step.to(this); // What is complete goes on: the newer one follows it.
            case Input.Expired expired ->
                state == DeploymentState.RECEIVING
                        ? ended(DeploymentState.EXPIRED, "not complete by " + announcement.expires())
                        : Step.to(this);
        };
    }

    /// What a cut left to be done, once its files have been read.
    Step<Reception, Effect> resume() {
        return switch (state) {
            case STORED, ACTIVATING, CHECKING, AWAITING_REBOOT, AWAITING_CONFIRMATION, ROLLING_BACK, ROLLBACK_FAILED ->
                Step.to(this, new Effect.Activate());
            case RECEIVING -> receive();
            case CONFIRMED, ROLLED_BACK, FAILED, CANCELLED, EXPIRED, SUPERSEDED -> Step.to(this, new Effect.Release());
        };
    }

    /// Decodes what is full, and imports what is there.
    private Step<Reception, Effect> receive() {
        var next = this;
        var effects = new ArrayList<Effect>();
        for (var object : FecObject.values()) {
            for (int i = 0; i < blocksOf(object).size(); i++) {
                var step = filled(next, object, i);
                next = step.state();
                effects.addAll(step.effects());
            }
        }
        if (manifest.isPresent()) effects.add(new Effect.Import());
        else if (manifestBlocks.stream().allMatch(Block::done)) effects.add(new Effect.ReadManifest());
        return new Step<>(next, effects);
    }

    /// With what a symbol log held when it was read back.
    Reception holding(FecObject object, int block, int held) {
        return with(object, block, block(object, block).holding(held));
    }

    Report.DeploymentReport report() {
        return new Report.DeploymentReport(
                number(),
                state,
                reason,
                (int) packBlocks.stream().filter(Block::done).count(),
                packBlocks.size(),
                manifest.map(m -> m.items().size()).orElse(0),
                pathsDone,
                state.ended() ? Missing.NONE : missing(manifestBlocks),
                state.ended() ? Missing.NONE : missing(packBlocks),
                exitStatus,
                outputTail,
                Report.DeploymentReport.prefix(announcement),
                footing.unusable().stream()
                        .limit(Report.DeploymentReport.MAX_UNUSABLE)
                        .toList(),
                footing.moved());
    }

    /// Blocks from the first on, whatever their object, that are not done.
    private static Missing missing(List<Block> blocks) {
        int first = (int) IntStream.range(0, blocks.size())
                .takeWhile(i -> blocks.get(i).done())
                .count();
        int end = blocks.size();
        while (end > first && blocks.get(end - 1).untouched()) end--;
        int told = Math.min(end, first + Missing.MAX_BLOCKS);
        return new Missing(
                first,
                blocks.subList(first, told).stream().map(Block::missing).toList(),
                told == end && end < blocks.size());
    }

    private boolean wants(Symbols symbols) {
        var oti = announcement.oti(symbols.object());
        if (oti.isEmpty() || symbols.block() >= oti.get().blocks()) return false;
        int size = oti.get().symbolSize();
        int count = symbols.data().size() / size;
        return symbols.data().size() % size == 0
                && symbols.esi() + count - 1 <= Symbols.MAX_ESI
                && block(symbols.object(), symbols.block()).takes();
    }

    /// What is durable by now is no longer suspect after a restart.
    private Step<Reception, Effect> imported(int paths) {
        // Starting again from the first path takes back nothing that is durable.
        var next = withPaths(Math.max(paths, pathsDone), "");
        return paths > pathsDone ? Step.to(next, new Effect.Save()) : Step.to(next);
    }

    private Step<Reception, Effect> complete() {
        int paths = manifest.map(m -> m.items().size()).orElse(0);
        if (state.activates()) return Step.to(withPaths(paths, reason)); // A rotted manifest that has come again.
        return Step.to(withPaths(paths, "").in(DeploymentState.STORED, ""), new Effect.Save(), new Effect.Activate());
    }

    private Step<Reception, Effect> superseded(int by) {
        return Step.to(
                in(DeploymentState.SUPERSEDED, "by deployment " + by),
                new Effect.Save(),
                new Effect.Bequeath(by),
                new Effect.Release());
    }

    private Reception on(Footing next) {
        return new Reception(
                announcement,
                state,
                reason,
                manifest,
                manifestBlocks,
                packBlocks,
                pathsDone,
                exitStatus,
                outputTail,
                next);
    }

    private Step<Reception, Effect> kept(Input.Kept kept) {
        var block = block(kept.object(), kept.block());
        if (!block.filling()) return Step.to(this);
        return filled(with(kept.object(), kept.block(), block.holding(kept.held())), kept.object(), kept.block());
    }

    /// Decodes the block if it is full and what it must be is known.
    private static Step<Reception, Effect> filled(Reception next, FecObject object, int block) {
        boolean verifiable = object == FecObject.MANIFEST || next.manifest.isPresent();
        if (!verifiable || !next.block(object, block).full()) return Step.to(next);
        return Step.to(
                next.with(object, block, next.block(object, block).decoding()), new Effect.Decode(object, block));
    }

    private Step<Reception, Effect> undecodable(FecObject object, int block) {
        return filled(with(object, block, block(object, block).undecodable()), object, block);
    }

    private Step<Reception, Effect> decoded(FecObject object, int block) {
        var next = with(object, block, block(object, block).finished());
        if (object == FecObject.PACK) return Step.to(next, new Effect.Import());
        return next.manifestBlocks.stream().allMatch(Block::done)
                ? Step.to(next, new Effect.ReadManifest())
                : Step.to(next);
    }

    private Step<Reception, Effect> manifestRead(Outline read) {
        if (Codec.withId(read.codec()).isEmpty() && !read.items().isEmpty()) {
            return ended(DeploymentState.FAILED, "pack of codec " + read.codec() + ", unknown here");
        }
        if (read.blockHashes().size() != packBlocks.size() || read.items().isEmpty() != packBlocks.isEmpty()) {
            return ended(DeploymentState.FAILED, "manifest and announcement disagree on the pack");
        }
        var next = new Reception(
                announcement,
                state,
                reason,
                Optional.of(read),
                manifestBlocks,
                packBlocks,
                pathsDone,
                exitStatus,
                outputTail,
                footing);
        return next.receive();
    }

    private Step<Reception, Effect> activating(Input.Activating now) {
        var next = new Reception(
                announcement,
                now.state(),
                now.reason(),
                manifest,
                manifestBlocks,
                packBlocks,
                pathsDone,
                now.exitStatus(),
                now.outputTail(),
                footing);
        if (now.state().ended()) return next.ended(now.state(), now.reason());
        return next.equals(this) ? Step.to(this) : Step.to(next, new Effect.Save());
    }

    private Step<Reception, Effect> ended(DeploymentState end, String why) {
        return Step.to(in(end, why), new Effect.Save(), new Effect.Release());
    }

    private Block block(FecObject object, int index) {
        return blocksOf(object).get(index);
    }

    private List<Block> blocksOf(FecObject object) {
        return object == FecObject.MANIFEST ? manifestBlocks : packBlocks;
    }

    private Oti oti(FecObject object) {
        return announcement.oti(object).orElseThrow();
    }

    private Reception with(FecObject object, int index, Block block) {
        var blocks = new ArrayList<>(blocksOf(object));
        blocks.set(index, block);
        boolean isManifest = object == FecObject.MANIFEST;
        return new Reception(
                announcement,
                state,
                reason,
                manifest,
                isManifest ? blocks : manifestBlocks,
                isManifest ? packBlocks : blocks,
                pathsDone,
                exitStatus,
                outputTail,
                footing);
    }

    private Reception withPaths(int paths, String why) {
        return new Reception(
                announcement, state, why, manifest, manifestBlocks, packBlocks, paths, exitStatus, outputTail, footing);
    }

    /// The same in another state.
    Reception in(DeploymentState next, String why) {
        return new Reception(
                announcement,
                next,
                why,
                manifest,
                manifestBlocks,
                packBlocks,
                pathsDone,
                exitStatus,
                outputTail,
                footing);
    }

    /// As its saved state tells.
    Reception restored(DeploymentState saved, String why, int paths, int exit, Bytes tail) {
        return new Reception(
                announcement, saved, why, manifest, manifestBlocks, packBlocks, paths, exit, tail, footing);
    }

    /// As the journal of its activation has it: what has begun to change the system neither expires nor is superseded,
    /// though its status has rotted, or its manifest.
    Reception during(ActivationRun run) {
        if (state.ended() || state.activates()) return this;
        var stage = run.stage().decided() ? ActivationRun.Stage.CHECKING : run.stage();
        return in(stage.state(), run.reason());
    }

    private static List<Block> blocks(Optional<Oti> oti) {
        return oti.map(info -> IntStream.range(0, info.blocks())
                        .mapToObj(sbn -> Block.empty(info.k(sbn)))
                        .toList())
                .orElse(Collections.emptyList());
    }
}
