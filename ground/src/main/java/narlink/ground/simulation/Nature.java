package narlink.ground.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import narlink.nix.StorePath;

/// What nobody wants: power fails, disks fill and rot, clocks jump, and people on board meddle with the store.
final class Nature {
    private static final Duration HOUR = Duration.ofHours(1);
    /// What each of the things is that may happen.
    private static final List<Trouble> KINDS = List.of(
            Trouble.POWER,
            Trouble.POWER,
            Trouble.POWER,
            Trouble.POWER,
            Trouble.POWER,
            Trouble.POWER,
            Trouble.KILLS,
            Trouble.KILLS,
            Trouble.FULL_DISK,
            Trouble.ERRORS,
            Trouble.ERRORS,
            Trouble.ROT,
            Trouble.ROT,
            Trouble.CLOCKS,
            Trouble.CLOCKS,
            Trouble.MEDDLING,
            Trouble.MEDDLING,
            Trouble.MEDDLING);

    private final World world;
    private final Trace trace;
    private final SplittableRandom random;
    private final Board board;
    private final Earth earth;
    private final Workshop workshop;
    private final Invariants invariants;
    private final Runnable killGround;
    private final Set<Trouble> muted;

    Nature(
            World world,
            Trace trace,
            SplittableRandom random,
            Board board,
            Earth earth,
            Workshop workshop,
            Invariants invariants,
            Runnable killGround,
            Set<Trouble> muted) {
        this.world = world;
        this.trace = trace;
        this.random = random;
        this.board = board;
        this.earth = earth;
        this.workshop = workshop;
        this.invariants = invariants;
        this.killGround = killGround;
        this.muted = muted;
    }

    /// Something happens soon, as when a pass is on: most of it hurts only then.
    void strike(Duration within) {
        world.after(Duration.ofNanos(random.nextLong(Math.max(1, within.toNanos()))), this::one);
    }

    private void one() {
        int kind = random.nextInt(KINDS.size());
        if (muted.contains(KINDS.get(kind))) return;
        switch (kind) {
            case 0, 1 -> {
                if (!board.runs()) return;
                trace.fault(Fault.POWER_CUT);
                board.end(true);
            }
            case 2, 3, 4, 5 -> board.power().failAfter(random.nextInt(random.nextBoolean() ? 30 : 150));
            case 6 -> {
                if (!board.runs()) return;
                trace.fault(Fault.RECEIVER_KILLED);
                board.end(false);
            }
            case 7 -> killGround.run();
            case 8 -> fill();
            case 9 -> board.disk().failReads(1 + random.nextInt(3));
            case 10 -> board.store().fail(1 + random.nextInt(3));
            case 11 ->
                board.disk().rot(Board.DEPLOYMENTS).ifPresent(file -> {
                    var of = Board.DEPLOYMENTS.relativize(file);
                    trace.fault(Fault.STATE_ROTTED, of.toString());
                    invariants.rotted(Integer.parseInt(of.getName(0).toString()));
                });
            case 12 ->
                board.store().rot().ifPresent(path -> {
                    trace.fault(Fault.STORE_ROTTED, path.baseName());
                    invariants.meddled(List.of(path));
                });
            case 13 -> stepClock();
            case 14 -> {
                trace.fault(Fault.GROUND_CLOCK_STEP);
                earth.setClock(HOUR.multipliedBy(random.nextInt(3) - 1L));
            }
            case 15 -> collectByHand();
            case 16 -> {
                var stray = workshop.stray(List.copyOf(board.store().all().keySet()));
                trace.fault(Fault.ADDED_BY_HAND, stray.info().path().baseName());
                board.store().put(stray.info(), stray.nar());
                invariants.meddled(List.of(stray.info().path()));
            }
            default -> {
                trace.fault(Fault.EARTH_COLLECTED);
                earth.store().release();
                trace.event("earth collected", earth.store().collect());
            }
        }
    }

    private void fill() {
        trace.fault(Fault.DISK_FULL);
        boolean store = random.nextBoolean();
        if (store) board.store().full(true);
        else board.disk().full(true);
        world.after(Duration.ofMinutes(1 + random.nextInt(600)), this::makeRoom);
    }

    private void makeRoom() {
        board.store().full(false);
        board.disk().full(false);
    }

    private void stepClock() {
        if (random.nextInt(3) == 0) {
            trace.fault(Fault.CLOCK_AT_1970);
            board.setClock(Duration.between(world.now(), java.time.Instant.EPOCH));
        } else {
            trace.fault(Fault.CLOCK_STEP);
            board.setClock(HOUR.multipliedBy(random.nextBoolean() ? 1 : -1));
        }
        world.after(HOUR.multipliedBy(1 + random.nextInt(40)), () -> board.setClock(Duration.ZERO));
    }

    private void collectByHand() {
        var before = new TreeSet<StorePath>(board.store().all().keySet());
        if (board.runs()) board.store().release(); // Nix keeps what a connection imported.
        int gone = board.store().collect();
        trace.fault(Fault.COLLECTED_BY_HAND, Integer.toString(gone));
        before.removeAll(board.store().all().keySet());
        invariants.meddled(before);
    }

    /// It is over: from now on everything works.
    void rest() {
        makeRoom();
        board.disk().failReads(0);
        board.store().fail(0);
        board.power().failAfter(Long.MAX_VALUE);
        board.setClock(Duration.ZERO);
        earth.setClock(Duration.ZERO);
    }
}
