package narlink.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import narlink.Bytes;
import narlink.Sha256;
import narlink.fec.Oti;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.Manifest;
import narlink.pack.Outline;
import narlink.wire.Announcement;
import narlink.wire.DeploymentState;
import narlink.wire.FecObject;
import narlink.wire.Report;
import narlink.wire.Symbols;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class ReceptionProperties {
    private static final int T = 16;
    private static final Sha256 HASH = Sha256.of(new byte[0]);
    private static final Announcement ANNOUNCEMENT = new Announcement(
            3,
            1,
            new Oti(100, T, 1),
            Optional.of(new Oti(1000, T, 3)),
            HASH,
            Report.shortDigest(HASH),
            List.of(HASH.bytes()),
            Instant.MAX.minusSeconds(1),
            1);
    private static final Manifest MANIFEST = new Manifest(
            1,
            List.of(new Manifest.Entry(
                    StorePath.of(new byte[20], "a"),
                    120,
                    HASH.bytes().slice(0, Manifest.CHECK),
                    List.of(),
                    Optional.empty(),
                    List.of())),
            List.of(),
            HASH,
            List.of(HASH, HASH, HASH),
            List.of(0),
            Optional.empty(),
            Activation.NONE);

    @Provide
    Arbitrary<Input> inputs() {
        var objects = Arbitraries.of(FecObject.class);
        var blocks = Arbitraries.integers().between(0, 2);
        return Arbitraries.oneOf(List.of(
                blocks.map(block -> arrived(FecObject.PACK, block, 0, 1)),
                blocks.map(block -> arrived(FecObject.MANIFEST, block, 5, 2)),
                blocks.flatMap(block ->
                        Arbitraries.integers().between(0, 40).map(held -> new Input.Kept(FecObject.PACK, block, held))),
                Arbitraries.integers().between(0, 40).map(held -> new Input.Kept(FecObject.MANIFEST, 0, held)),
                blocks.map(block -> new Input.Decoded(FecObject.PACK, block)),
                objects.map(object -> new Input.Decoded(object, 0)),
                objects.map(object -> new Input.Undecodable(object, 0)),
                objects.map(object -> new Input.Spoilt(object, 0)),
                Arbitraries.just(new Input.ManifestRead(Outline.of(MANIFEST))),
                Arbitraries.just(new Input.Imported(1)),
                Arbitraries.just(new Input.Complete()),
                Arbitraries.just(new Input.Stalled("disk")),
                Arbitraries.of(DeploymentState.values())
                        .filter(state -> state.activates() || state.ended())
                        .map(state -> new Input.Activating(state, "", 0, Bytes.EMPTY)),
                Arbitraries.just(new Input.Failed("lies")),
                Arbitraries.just(new Input.Cancelled()),
                Arbitraries.just(new Input.Expired())));
    }

    @Property
    void whateverComesTheReportIsSoundAndAnEndIsAnEnd(@ForAll @Size(max = 60) List<@From("inputs") Input> inputs) {
        var reception = Reception.begin(ANNOUNCEMENT);
        for (var input : inputs) {
            var before = reception;
            var step = reception.on(input);
            reception = step.state();
            if (before.state().ended()) {
                assertEquals(before, reception);
                assertTrue(step.effects().stream().allMatch(Effect.Surplus.class::isInstance));
            }
            var report = reception.report();
            assertTrue(report.blocksDone() <= 3);
            assertTrue(report.pack().symbols().stream().allMatch(missing -> missing >= 0));
            // Until its manifest is known, no block of the pack is decoded: nobody could tell whether it is true.
            if (before.manifest().isEmpty() && !(input instanceof Input.ManifestRead)) {
                assertFalse(step.effects().stream()
                        .anyMatch(
                                effect -> effect instanceof Effect.Decode decode && decode.object() == FecObject.PACK));
            }
            // What has ended is saved at once.
            if (reception.state().ended() && !before.state().ended()) {
                assertTrue(step.effects().contains(new Effect.Save()));
            }
        }
    }

    @Test
    void theWayFromAnnouncementToConfirmed() {
        var reception = Reception.begin(ANNOUNCEMENT);
        assertEquals(
                List.of(keep(FecObject.PACK, 1)),
                reception.on(arrived(FecObject.PACK, 1, 0, 2)).effects());
        assertEquals(
                List.of(keep(FecObject.MANIFEST, 0)),
                reception.on(arrived(FecObject.MANIFEST, 0, 0, 2)).effects());
        reception = reception.on(new Input.Kept(FecObject.PACK, 1, 21)).state();
        var full = reception.on(new Input.Kept(FecObject.MANIFEST, 0, 7));
        assertEquals(List.of(new Effect.Decode(FecObject.MANIFEST, 0)), full.effects());
        var read = full.state().on(new Input.Decoded(FecObject.MANIFEST, 0));
        assertEquals(List.of(new Effect.ReadManifest()), read.effects());
        var known = read.state().on(new Input.ManifestRead(Outline.of(MANIFEST)));
        assertEquals(List.of(new Effect.Decode(FecObject.PACK, 1), new Effect.Import()), known.effects());
        assertEquals(
                new Report.Missing(0, List.of(21, 0), true),
                known.state().report().pack());
        var done = known.state().on(new Input.Decoded(FecObject.PACK, 1)).state();
        assertEquals(
                List.of(new Effect.Surplus()),
                done.on(arrived(FecObject.PACK, 1, 0, 1)).effects());
        var stored = done.on(new Input.Complete());
        assertEquals(List.of(new Effect.Save(), new Effect.Activate()), stored.effects());
        assertEquals(DeploymentState.STORED, stored.state().state());
        var active = stored.state()
                .on(new Input.Activating(DeploymentState.ACTIVATING, "", -1, Bytes.EMPTY))
                .state();
        assertEquals(active, active.on(new Input.Cancelled()).state());
        var end = active.on(new Input.Activating(DeploymentState.CONFIRMED, "", -1, Bytes.EMPTY));
        assertEquals(List.of(new Effect.Save(), new Effect.Release()), end.effects());
        assertEquals(DeploymentState.CONFIRMED, end.state().state());
    }

    @Test
    void aShortRankIsNotTriedAgainWithEachSymbol() {
        var block = Block.empty(100);
        int tried = 0;
        for (int held = 100; held < 1100; held++) {
            block = block.holding(held);
            if (block.full()) {
                tried++;
                block = block.undecodable();
            }
        }
        assertTrue(tried <= 11, tried + " attempts with 1000 symbols too many");
        assertEquals(
                2,
                Block.empty(10)
                        .holding(10)
                        .undecodable()
                        .holding(11)
                        .undecodable()
                        .missing());
    }

    @Test
    void symbolsThatDoNotFitAreNotKept() {
        var reception = Reception.begin(ANNOUNCEMENT);
        assertEquals(
                List.of(new Effect.Surplus()),
                reception.on(arrived(FecObject.PACK, 3, 0, 1)).effects());
        assertEquals(
                List.of(new Effect.Surplus()),
                reception
                        .on(new Input.Arrived(new Symbols(3, FecObject.PACK, 0, 0, Bytes.of(new byte[T + 1]), 0)))
                        .effects());
        assertEquals(
                List.of(new Effect.Surplus()),
                reception.on(arrived(FecObject.PACK, 0, Symbols.MAX_ESI, 2)).effects());
    }

    private static Effect keep(FecObject object, int block) {
        return new Effect.Keep(arrived(object, block, 0, 2).symbols());
    }

    private static Input.Arrived arrived(FecObject object, int block, int esi, int count) {
        return new Input.Arrived(new Symbols(3, object, block, esi, Bytes.of(new byte[count * T]), 0));
    }
}
