package narlink.ground.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import narlink.Bytes;
import narlink.Sha256;
import narlink.fec.Oti;
import narlink.nix.SecretKey;
import narlink.wire.Announcement;
import narlink.wire.Command;
import narlink.wire.Envelope;
import narlink.wire.FecObject;
import narlink.wire.Report;
import narlink.wire.SatelliteName;
import narlink.wire.Symbols;

/// Somebody with a transmitter: it has heard everything that ever was on the link, has keys of its own, and no others.
final class Adversary {
    private static final int MOST_HEARD = 4000;

    private final World world;
    private final Trace trace;
    private final SplittableRandom random;
    private final SatelliteName satellite;
    private final SecretKey own;
    private final List<byte[]> heardUp = new ArrayList<>();
    private final List<byte[]> heardDown = new ArrayList<>();

    Adversary(World world, Trace trace, SplittableRandom random, SatelliteName satellite) {
        this.world = world;
        this.trace = trace;
        this.random = random;
        this.satellite = satellite;
        this.own = Earth.key("stranger-1", random);
    }

    void overhear(byte[] segment, boolean up) {
        var heard = up ? heardUp : heardDown;
        if (heard.size() < MOST_HEARD) heard.add(segment);
        else heard.set(random.nextInt(MOST_HEARD), segment);
    }

    /// Some of its things come in this pass.
    void disturb(SimulatedLink link, Duration within, int count) {
        for (int i = 0; i < count; i++) {
            world.after(Duration.ofNanos(random.nextLong(within.toNanos())), () -> one(link));
        }
    }

    private void one(SimulatedLink link) {
        switch (random.nextInt(7)) {
            case 0 -> {
                trace.fault(Fault.JUNK_INJECTED);
                byte[] junk = new byte[1 + random.nextInt(300)];
                random.nextBytes(junk);
                link.inject(junk);
            }
            case 1, 2 -> {
                if (heardUp.isEmpty()) return;
                trace.fault(Fault.REPLAYED);
                int from = random.nextInt(heardUp.size());
                int to = Math.min(heardUp.size(), from + 1 + random.nextInt(10));
                heardUp.subList(from, to).forEach(link::injectSegment);
            }
            case 3 -> {
                if (heardDown.isEmpty()) return;
                trace.fault(Fault.REPLAYED);
                link.belowSegment(heardDown.get(random.nextInt(heardDown.size())));
            }
            case 4 -> {
                if (heardUp.isEmpty()) return;
                trace.fault(Fault.FORGED);
                byte[] forged = heardUp.get(random.nextInt(heardUp.size())).clone();
                forged[random.nextInt(forged.length)] ^= (byte) (1 + random.nextInt(255));
                link.injectSegment(forged);
            }
            case 5 -> {
                trace.fault(Fault.FOREIGN);
                var other = new SatelliteName("other");
                var command = new Command(
                        1 + random.nextInt(1000),
                        world.now().plus(Duration.ofDays(1)),
                        new Command.Action.RollBack("default", 0));
                link.injectSegment(Envelope.seal(command, own, Envelope.Direction.UP, other));
                link.belowSegment(Envelope.seal(command, own, Envelope.Direction.DOWN, satellite));
            }
            default -> {
                trace.fault(Fault.STRANGER);
                byte[] data = new byte[64];
                random.nextBytes(data);
                var symbols =
                        new Symbols(1 + random.nextInt(8), FecObject.PACK, 0, random.nextInt(100), Bytes.of(data), 0);
                link.injectSegment(Envelope.seal(symbols, own, Envelope.Direction.UP, satellite));
                link.injectSegment(Envelope.seal(announcement(), own, Envelope.Direction.UP, satellite));
            }
        }
    }

    private Announcement announcement() {
        var hash = Sha256.of(new byte[] {1});
        return new Announcement(
                1 + random.nextInt(20),
                1,
                Oti.of(500, 64, 1),
                java.util.Optional.empty(),
                hash,
                Report.shortDigest(hash),
                List.of(own.publicKey().key()),
                world.now().plus(Duration.ofDays(9)),
                1,
                List.of());
    }
}
