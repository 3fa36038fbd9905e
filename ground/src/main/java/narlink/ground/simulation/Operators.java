package narlink.ground.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import narlink.ground.Deployment;
import narlink.ground.LedgerException;
import narlink.ground.ReportReader;
import narlink.nix.SecretKey;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.Health;
import narlink.pack.ProfileName;
import narlink.wire.Command.Action;
import narlink.wire.DeploymentState;
import narlink.wire.Report;

/// People on Earth: they build and send, change their minds, clean up, look, and now and then do it all at once.
final class Operators {
    private static final List<ProfileName> PROFILES = List.of(new ProfileName("default"), new ProfileName("camera"));

    private final World world;
    private final Trace trace;
    private final SplittableRandom random;
    private final Earth earth;
    private final Workshop workshop;
    private final Invariants invariants;
    private final SecretKey nextMissionKey;
    private boolean rotated;
    private Optional<StorePath> newest = Optional.empty();

    Operators(
            World world,
            Trace trace,
            SplittableRandom random,
            Earth earth,
            Workshop workshop,
            Invariants invariants,
            SecretKey nextMissionKey) {
        this.world = world;
        this.trace = trace;
        this.random = random;
        this.earth = earth;
        this.workshop = workshop;
        this.invariants = invariants;
        this.nextMissionKey = nextMissionKey;
    }

    /// Acts now and then until `until`.
    void act(Duration pause, long until) {
        double wait = -StrictMath.log(1 - random.nextDouble()) * pause.toNanos();
        world.after(Duration.ofNanos((long) wait), () -> {
            if (world.nanos() >= until) return;
            try {
                one();
            } catch (IOException | LedgerException e) {
                trace.event("refused", String.valueOf(e.getMessage()));
            }
            invariants.queued();
            act(pause, until);
        });
    }

    private void one() throws IOException {
        switch (random.nextInt(16)) {
            case 0, 1, 2, 3, 4, 5 -> send();
            case 6 -> cancel();
            case 7, 8 -> {
                earth.collect(1 + random.nextInt(3));
            }
            case 9 -> earth.order(new Action.Verify());
            case 10 -> earth.order(new Action.RollBack(profile().value(), 0));
            case 11 -> earth.order(new Action.Retain(profile().value(), 1 + random.nextInt(4)));
            case 12 -> earth.order(new Action.Activate(profile().value(), 1 + random.nextInt(3)));
            case 13 -> earth.order(new Action.FetchLog(random.nextInt(3), 0));
            case 14 -> {
                earth.freeze(true);
                world.after(Duration.ofHours(1 + random.nextInt(30)), () -> earth.freeze(false));
            }
            default -> rotate();
        }
    }

    private void rotate() throws IOException {
        if (rotated) return;
        rotated = true;
        trace.event("rotate");
        earth.rotate(nextMissionKey);
    }

    private ProfileName profile() {
        return PROFILES.get(random.nextInt(4) == 0 ? 1 : 0);
    }

    /// Builds the next version, or takes the last one again.
    void send() throws IOException {
        if (newest.isEmpty() || random.nextInt(8) > 0) {
            Workshop.Built top = null;
            for (var built : workshop.build()) {
                earth.store().put(built.info(), built.nar());
                top = built;
            }
            if (top == null) return;
            newest = Optional.of(top.info().path());
            // `./result`: the newest build is kept, whatever becomes of the others.
            earth.store().root("result", newest.get());
        }
        boolean set = random.nextInt(6) > 0;
        earth.send(
                newest.orElseThrow(),
                set ? Optional.of(profile()) : Optional.empty(),
                set ? activation() : Activation.NONE,
                Duration.ofHours(12 + random.nextInt(24 * 14)),
                random.nextInt(4) == 0 ? random.nextInt(3) : 0,
                random.nextInt(4) == 0);
    }

    private Activation activation() {
        if (random.nextInt(3) == 0) return Activation.NONE;
        var program = switch (random.nextInt(12)) {
            case 0 -> SimulatedMachine.SICK;
            case 1 -> SimulatedMachine.HANGS;
            case 2 -> SimulatedMachine.FRAIL;
            default -> SimulatedMachine.GOOD;
        };
        var checks = random.nextInt(3) == 0
                ? List.<String>of()
                : List.of(random.nextInt(5) == 0 ? SimulatedMachine.SICK : SimulatedMachine.GOOD);
        var health = new Health(checks, 1 + random.nextInt(2), 120, 5, 30);
        return new Activation(
                new Activation.Program.Command(program),
                60,
                health,
                random.nextInt(8) == 0,
                random.nextInt(6) == 0 ? 4 * 3600 : 0);
    }

    private void cancel() throws IOException {
        var open = earth.ledger().deployments(earth.satellite().name()).stream()
                .filter(deployment -> !deployment.ended())
                .map(Deployment::number)
                .toList();
        if (!open.isEmpty()) earth.cancel(open.get(random.nextInt(open.size())));
    }

    /// What is left to people at the end: to confirm what waits for it, and to look after what could not be rolled
    /// back, by its deployment or, where the satellite has lost that, by its profile.
    void settle() {
        try {
            earth.freeze(false);
            for (var deployment : earth.ledger().deployments(earth.satellite().name())) {
                if (commanded()) return;
                switch (deployment.progress().state()) {
                    case AWAITING_CONFIRMATION -> earth.order(new Action.Confirm(deployment.number()));
                    case ROLLBACK_FAILED -> earth.cancel(deployment.number());
                    default -> {}
                }
            }
            var report = ReportReader.last(earth.ledger(), earth.satellite());
            for (var profile : report.map(Report::profiles).orElse(List.of())) {
                if (commanded()) return;
                if (profile.activation().equals(Optional.of(DeploymentState.ROLLBACK_FAILED))) {
                    earth.order(new Action.Activate(profile.name(), profile.generation()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("nothing stands in the way of a command", e);
        }
    }

    /// Whether something on board waits for the next reboot, which is for people to bring about.
    boolean awaitReboot() {
        return ReportReader.last(earth.ledger(), earth.satellite()).stream()
                .flatMap(report -> report.profiles().stream())
                .anyMatch(profile -> profile.activation().equals(Optional.of(DeploymentState.AWAITING_REBOOT)));
    }

    private boolean commanded() {
        return earth.ledger().commands(earth.satellite().name()).stream()
                .anyMatch(command -> !command.state().ended());
    }
}
