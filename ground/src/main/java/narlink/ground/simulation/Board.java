package narlink.ground.simulation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import narlink.flight.FlightState;
import narlink.flight.ReceptionLoop;
import narlink.flight.SteppedReceiver;
import narlink.nix.PublicKey;
import narlink.nix.SecretKey;
import narlink.wire.SatelliteName;
import org.jspecify.annotations.Nullable;

/// The satellite: its disk, store, clock and power, and the real receiver, which it steps as time goes on and starts
/// again after every end.
final class Board {
    static final Path STATE = Path.of("/var/lib/narlink-flight");
    static final Path DEPLOYMENTS = STATE.resolve("deployments");
    private static final Path PROFILES = Path.of("/nix/var/nix/profiles/narlink");
    private static final Duration TICK = Duration.ofMillis(250);
    private static final Duration LONGEST_TICK = Duration.ofHours(2);
    private static final Duration RESTART = Duration.ofSeconds(5);
    private static final int MOST_STARTS_IN_VAIN = 50;

    private final World world;
    private final Trace trace;
    private final SplittableRandom random;
    private final Watch watch;
    private final Path scratch;
    private SimulatedDisk disk;
    private SimulatedStore store;
    private Power power;
    private @Nullable SimulatedMachine machine;
    private @Nullable SteppedReceiver receiver;
    private ReceptionLoop.@Nullable Downlink antenna;
    private Duration clockError = Duration.ZERO;
    private boolean pumping;
    private long lives;
    private long computerStarts;
    private long switchedOn;
    private int startsInVain;
    private Duration tick = TICK;
    private long ticks;

    /// Looks at it after every step.
    interface Watch extends SimulatedStore.Watcher {
        void stepped();

        void reported(byte[] segment);

        void restarted();

        void ran(Map<String, String> environment);

        /// A program that can't but fail did so, for an activation that is not to stay.
        void failed(Map<String, String> environment);

        /// Something happened that never may.
        void broken(String what, @Nullable Throwable why);
    }

    /// @param scratch a real directory, for what is between decoding and import
    Board(World world, Trace trace, SplittableRandom random, Path scratch, Watch watch) {
        this.scratch = scratch;
        this.world = world;
        this.trace = trace;
        this.random = random;
        this.watch = watch;
        this.power = new Power(random.split(), trace);
        this.disk = new SimulatedDisk(power);
        this.store = new SimulatedStore("daemon", PROFILES, power, Optional.of(disk), watch);
    }

    /// Writes what `narlink-flight init` does, and starts the receiver.
    void launch(SatelliteName name, SecretKey flightKey, SecretKey nixKey, List<PublicKey> trusted) {
        try {
            disk.makeDirectory(STATE);
            write("satellite", name.value());
            write("flight.key", flightKey.text() + "\n");
            write("nix.key", nixKey.text() + "\n");
            var lines = new StringBuilder();
            trusted.forEach(key -> lines.append(key.text()).append('\n'));
            write("trusted-keys", lines.toString());
        } catch (IOException e) {
            throw new IllegalStateException("a new disk takes files", e);
        }
        switchedOn = world.nanos();
        start();
        tickOften();
    }

    private void write(String file, String text) throws IOException {
        disk.replace(STATE.resolve(file), text.getBytes(StandardCharsets.UTF_8));
    }

    private void start() {
        if (receiver != null) return;
        long life = ++lives;
        var fresh = new SimulatedMachine(
                world, trace, random, "boot-" + computerStarts, switchedOn, trouble -> rested(life, trouble), watch);
        machine = fresh;
        trace.event("start", life);
        try {
            receiver = new SteppedReceiver(
                    new FlightState(STATE, disk, scratch),
                    store,
                    clock(),
                    new ReceptionLoop.Settings(List.of(), 0, fresh));
            startsInVain = 0;
        } catch (IOException e) {
            trace.event("start failed", String.valueOf(e.getMessage()));
            if (++startsInVain > MOST_STARTS_IN_VAIN) watch.broken("the receiver does not start any more", e);
            die(false);
            world.after(RESTART, this::start);
            return;
        } catch (Fiber.KilledError e) {
            die(true);
            world.after(RESTART, this::start);
            return;
        } catch (RuntimeException | Error e) {
            watch.broken("the receiver can't start", e);
            return;
        }
        if (antenna != null) receiver.reportTo(antenna);
        tickOften();
        pump();
        watch.restarted();
    }

    /// The board's own clock.
    Clock clock() {
        return new Clock() {
            @Override
            public Instant instant() {
                return world.now().plus(clockError);
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
    }

    void setClock(Duration error) {
        clockError = error;
    }

    SimulatedDisk disk() {
        return disk;
    }

    SimulatedStore store() {
        return store;
    }

    Power power() {
        return power;
    }

    boolean runs() {
        return receiver != null;
    }

    /// Where reports go from now on; null for nowhere.
    void point(ReceptionLoop.@Nullable Downlink link) {
        if (receiver != null && antenna != null) receiver.endReportsTo(antenna);
        antenna = link;
        if (receiver != null && link != null) receiver.reportTo(link);
        tickOften();
        pump();
    }

    /// A report has left the receiver, wherever it goes.
    void said(byte[] segment) {
        watch.reported(segment);
    }

    void hear(byte[] segment) {
        if (receiver == null) return;
        receiver.hear(segment);
        pump();
    }

    void damaged(long frames) {
        if (receiver == null) return;
        receiver.damaged(frames);
        pump();
    }

    /// Ends the process, and with `cut` the computer too; both start again a while later.
    void end(boolean cut) {
        if (receiver == null) return;
        power.fail();
        die(cut);
        world.after(cut ? Duration.ofSeconds(20 + random.nextInt(60)) : RESTART, this::start);
    }

    private void die(boolean cut) {
        receiver = null;
        power.fail();
        if (machine != null) machine.kill();
        machine = null;
        var next = new Power(random.split(), trace);
        var left = disk.afterwards(next, cut);
        store = store.afterwards(next, left, cut);
        disk = left;
        power = next;
        if (cut) {
            computerStarts++;
            switchedOn = world.nanos();
        }
    }

    private void rested(long life, @Nullable Throwable trouble) {
        if (life != lives || receiver == null) return;
        if (power.isOff()) {
            end(true);
        } else if (trouble != null) {
            watch.broken("a worker of the receiver broke", trouble);
        } else {
            pump();
        }
    }

    /// Steps the receiver soon, until it has nothing to do.
    private void pump() {
        if (pumping) return;
        pumping = true;
        world.after(Duration.ofMillis(random.nextInt(20)), () -> {
            pumping = false;
            while (receiver != null && receiver.due()) step();
        });
    }

    private void step() {
        var stepped = receiver;
        if (stepped == null) return;
        try {
            stepped.step();
        } catch (Fiber.KilledError e) {
            end(true);
            return;
        } catch (RuntimeException | Error e) {
            watch.broken("the receiver broke", e);
            end(false);
            return;
        }
        watch.stepped();
    }

    private void tickOften() {
        tick = TICK;
        long mine = ++ticks;
        world.after(tick, () -> tick(mine));
    }

    /// Time passes: often in a contact, ever more rarely behind it.
    private void tick(long number) {
        if (number != ticks) return;
        if (receiver != null && !receiver.due()) step();
        pump();
        if (antenna == null) tick = tick.multipliedBy(2);
        if (tick.compareTo(LONGEST_TICK) > 0) tick = LONGEST_TICK;
        world.after(tick, () -> tick(number));
    }
}
