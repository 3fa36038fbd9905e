package narlink.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import narlink.Bytes;
import narlink.Step;
import narlink.flight.ActivationRun.Act;
import narlink.flight.ActivationRun.Event;
import narlink.flight.ActivationRun.Stage;
import narlink.pack.Activation;
import narlink.pack.Health;
import narlink.pack.ProfileName;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/// A made-up machine with a profile, whose power is cut anywhere.
final class ActivationRunProperties {
    private static final int BEFORE = 4;
    private static final int NEW = 5;

    /// What lies on the disk, what runs, and what the machine decides about it.
    private static final class World {
        private final SplittableRandom random;
        private final int confirmSeconds;
        private ActivationRun run;
        private ActivationRun durable;
        private int profile = BEFORE;
        private int confirmed = BEFORE;
        private boolean sick;
        private boolean over;
        private String boot = "boot-0";
        private long uptime = 1000;
        private long waitedReally;
        private int boots;
        private List<Act> due = List.of();

        World(long seed, boolean reboot, int confirmSeconds) {
            this.random = new SplittableRandom(seed);
            this.confirmSeconds = confirmSeconds;
            var activation =
                    new Activation(new Activation.Program.Command("true"), 1, Health.NONE, reboot, confirmSeconds);
            var order = new ActivationRun.Order(
                    7, 0, new ProfileName("system"), NEW, activation, Optional.of(BEFORE), ActivationRun.Aim.ACTIVATE);
            var first = ActivationRun.begin(order, boot, uptime);
            run = first.state();
            durable = first.state();
            take(first);
        }

        void take(Step<ActivationRun, Act> step) {
            if (!step.state().stage().equals(run.stage())) {
                assertTrue(step.effects().contains(new Act.Save()), "a step that a cut forgets: " + step);
            }
            run = step.state();
            if (step.effects().contains(new Act.Save())) {
                assertEquals(new Act.Save(), step.effects().getFirst());
                durable = run;
            }
            due = step.effects().stream()
                    .filter(act -> !(act instanceof Act.Save))
                    .toList();
        }

        /// Does one thing, cuts the power, or lets time pass.
        void go() {
            int dice = random.nextInt(100);
            if (dice < 12) {
                cut(random.nextBoolean());
            } else if (!due.isEmpty()) {
                var act = due.getFirst();
                due = due.subList(1, due.size());
                var event = perform(act);
                if (dice < 20) cut(true); // It is done, but nobody heard.
                else if (event.isPresent()) take(run.on(event.get()));
            } else {
                tick(random.nextLong(0, 90_000));
                if (dice < 24) take(run.on(new Event.Confirmed()));
            }
        }

        private void tick(long millis) {
            uptime += millis;
            if (run.awaits()) waitedReally += millis;
            take(run.on(new Event.Tick(boot, uptime)));
        }

        private void cut(boolean power) {
            if (power) {
                boot = "boot-" + ++boots;
                uptime = random.nextLong(0, 50_000);
            }
            run = durable;
            take(run.on(new Event.Resumed(boot, uptime)));
        }

        private Optional<Event> perform(Act act) {
            boolean well = random.nextInt(4) != 0;
            switch (act) {
                case Act.Switch go -> {
                    profile = NEW;
                    return Optional.of(new Event.Switched());
                }
                case Act.Run go -> {
                    assertEquals(NEW, profile);
                    return Optional.of(new Event.Ended(well ? "" : "no", well ? 0 : 1, Bytes.EMPTY));
                }
                case Act.Check go -> {
                    assertEquals(NEW, profile);
                    sick = !well;
                    return Optional.of(new Event.Checked(well ? "" : "sick", well ? 0 : 1, Bytes.EMPTY));
                }
                case Act.GoBack go -> {
                    profile = BEFORE;
                    boolean failed = !well || !go.program();
                    return Optional.of(new Event.WentBack(failed ? "no" : "", failed ? 1 : 0, Bytes.EMPTY));
                }
                case Act.Conclude conclude -> {
                    confirmed = run.stage() == Stage.CONFIRMED ? NEW : BEFORE;
                    over = true;
                    return Optional.empty();
                }
                case Act.Save save -> throw new AssertionError("saved before");
            }
        }
    }

    @Property(tries = 2000)
    void whereverThePowerIsCutItEndsConfirmedOrBack(
            @ForAll long seed, @ForAll boolean reboot, @ForAll @IntRange(min = 0, max = 900) int confirmSeconds) {
        var world = new World(seed, reboot, confirmSeconds);
        int moves = 0;
        while (!world.over && world.run.stage() != Stage.ROLLBACK_FAILED) {
            world.go();
            assertTrue(moves++ < 20_000, () -> "it never ends: " + world.run);
            boolean stays = world.run.stage() == Stage.CONFIRMED;
            if (stays) {
                assertFalse(world.sick, "confirmed what was last seen sick");
                assertEquals(NEW, world.profile);
                if (reboot) assertTrue(world.boots > 0 && world.run.spent().rebooted());
            }
            // After a failed health check the profile goes back before anything else happens to it.
            if (world.run.stage() == Stage.ROLLED_BACK) assertEquals(BEFORE, world.profile);
            if (world.run.awaits()) assertEquals(NEW, world.profile);
        }
        if (world.run.stage() == Stage.ROLLBACK_FAILED) {
            assertEquals(BEFORE, world.profile);
        } else {
            assertEquals(world.profile, world.confirmed);
        }
    }

    @Test
    void uptimeCountsAndNotTheTimeThatItIsOff() {
        var world = new World(1, false, 600);
        world.take(world.run.on(new Event.Switched()));
        world.take(world.run.on(new Event.Ended("", 0, Bytes.EMPTY)));
        world.take(world.run.on(new Event.Checked("", -1, Bytes.EMPTY)));
        assertEquals(Stage.AWAITING_CONFIRMATION, world.run.stage());
        // Nine boots of a minute each, killed right after the last look: not yet.
        for (int boot = 1; boot <= 9; boot++) {
            world.take(world.run.on(new Event.Resumed("b" + boot, 0)));
            world.take(world.run.on(new Event.Tick("b" + boot, 60_000)));
            world.run = world.durable;
        }
        assertEquals(Stage.AWAITING_CONFIRMATION, world.run.stage());
        // Uptime that steps back does not, and takes nothing away.
        world.take(world.run.on(new Event.Tick("b9", 10_000)));
        assertEquals(540_000, world.run.spent().waited());
        world.take(world.run.on(new Event.Tick("b9", 75_000)));
        assertEquals(Stage.ROLLING_BACK, world.run.stage());
        assertTrue(world.run.reason().startsWith("not confirmed within"), world.run.reason());
    }

    @Test
    void whatBringsTheMachineDownIsRolledBack() {
        var world = new World(1, false, 0);
        world.take(world.run.on(new Event.Switched()));
        for (int i = 1; i < ActivationRun.MAX_STARTS; i++) {
            world.take(world.run.on(new Event.Resumed("b" + i, 0)));
            assertEquals(Stage.ACTIVATING, world.run.stage());
            assertEquals(List.of(new Act.Run(true)), world.due);
        }
        world.take(world.run.on(new Event.Resumed("last", 0)));
        assertEquals(Stage.ROLLING_BACK, world.run.stage());
    }

    @Test
    void aRebootThatCutsTheActivationIsNotTheOneThatIsAwaited() {
        var world = new World(1, true, 0);
        world.take(world.run.on(new Event.Switched()));
        world.take(world.run.on(new Event.Resumed("other", 5)));
        world.take(world.run.on(new Event.Ended("", 0, Bytes.EMPTY)));
        world.take(world.run.on(new Event.Checked("", -1, Bytes.EMPTY)));
        world.take(world.run.on(new Event.Tick("other", 10)));
        assertEquals(Stage.AWAITING_REBOOT, world.run.stage());
        world.take(world.run.on(new Event.Tick("third", 10)));
        assertEquals(Stage.CHECKING, world.run.stage());
        world.take(world.run.on(new Event.Checked("", -1, Bytes.EMPTY)));
        assertEquals(Stage.CONFIRMED, world.run.stage());
    }

    @Property
    void aHealthThatFlapsIsHealthyOnlyWithEnoughInARow(
            @ForAll List<Boolean> rounds, @ForAll @IntRange(min = 1, max = 5) int times) {
        var health = new Health(List.of("true"), times, 100, 10, 1);
        var counted = HealthRounds.begin(health);
        int row = 0;
        long elapsed = 0;
        for (boolean success : rounds) {
            counted = counted.after(success);
            row = success ? row + 1 : 0;
            var verdict = counted.verdict(elapsed);
            if (verdict == HealthRounds.Verdict.HEALTHY) assertTrue(row >= times && elapsed <= 100_000);
            if (elapsed > 100_000) assertEquals(HealthRounds.Verdict.SICK, verdict);
            elapsed += 10_000;
        }
    }
}
