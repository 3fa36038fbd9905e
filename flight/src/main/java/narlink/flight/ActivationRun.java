package narlink.flight;

import java.util.Optional;
import narlink.Bytes;
import narlink.Step;
import narlink.pack.Activation;
import narlink.pack.ProfileName;
import narlink.wire.DeploymentState;

/// One activation of a generation, from before the profile is touched until it is confirmed or the profile is back.
/// Reads no clock, disk or process: equal events give equal steps. What [Act.Save] writes down is enough to go on after
/// a cut at any point.
///
/// After a cut the step that was being done is begun again: power fails for reasons that have nothing to do with it,
/// and activations can be repeated, since rolling back repeats them too. But only [#MAX_STARTS] times: a target whose
/// activation or health check brings the machine down is rolled back.
///
/// @param starts how often the present step was begun
/// @param exitStatus of the last command that ran, -1 when none did
/// @param tail end of what that printed
record ActivationRun(Order order, Stage stage, int starts, String reason, int exitStatus, Bytes tail, Wait spent) {
    static final int MAX_STARTS = 3;
    /// How much uptime may be forgotten by a cut.
    private static final long SAVE_MILLIS = 60_000;

    /// What is to be done.
    ///
    /// @param deployment that ordered it, 0 where a command did
    /// @param command that ordered it or is to be answered, 0 if none
    /// @param generation to be activated
    /// @param before generation to go back to; none where the profile was not set
    record Order(
            int deployment,
            int command,
            ProfileName profile,
            int generation,
            Activation activation,
            Optional<Integer> before,
            Aim aim) {
        Order revoked(int byCommand) {
            return new Order(deployment, byCommand, profile, generation, activation, before, Aim.REVOKE);
        }
    }

    /// What counts as done.
    enum Aim {
        ACTIVATE,
        /// To the generation before, as a command ordered from the first.
        GO_BACK,
        /// As a command ordered when the generation was activated, but not confirmed.
        REVOKE
    }

    /// The journal's steps.
    enum Stage {
        /// About to touch the profile.
        SET,
        ACTIVATING,
        CHECKING,
        AWAITING_REBOOT,
        AWAITING_CONFIRMATION,
        /// It stays; to be written down.
        CONFIRMED,
        ROLLING_BACK,
        /// The profile is back; to be written down.
        ROLLED_BACK,
        ROLLBACK_FAILED;

        DeploymentState state() {
            return this == SET ? DeploymentState.ACTIVATING : DeploymentState.valueOf(name());
        }

        boolean decided() {
            return this == CONFIRMED || this == ROLLED_BACK;
        }

        /// Whether something is being run for it.
        boolean runs() {
            return this == SET || this == ACTIVATING || this == CHECKING || this == ROLLING_BACK;
        }
    }

    /// Time that has been spent in waiting.
    ///
    /// @param bootId of the machine when it was last looked at
    /// @param uptime milliseconds then
    /// @param waited milliseconds of uptime so far, over all boots
    /// @param saved of them that are durable
    /// @param rebooted whether the reboot has been seen
    record Wait(String bootId, long uptime, long waited, long saved, boolean rebooted) {
        static final Wait NONE = new Wait("", 0, 0, 0, false);

        /// Another boot counts from its beginning on; what the one before had left after the last look is lost.
        Wait at(String boot, long now) {
            long more = boot.equals(bootId) ? Math.max(0, now - uptime) : Math.max(0, now);
            return new Wait(boot, now, waited + more, saved, rebooted);
        }
    }

    sealed interface Event {
        /// The profile points at the generation.
        record Switched() implements Event {}

        /// The program has ended.
        ///
        /// @param why empty where it succeeded
        record Ended(String why, int exitStatus, Bytes tail) implements Event {}

        /// The health is known.
        ///
        /// @param why empty where it is good
        record Checked(String why, int exitStatus, Bytes tail) implements Event {}

        /// The profile points at the generation before, and its program has ended.
        ///
        /// @param why empty where that succeeded
        record WentBack(String why, int exitStatus, Bytes tail) implements Event {}

        record Tick(String bootId, long uptime) implements Event {}

        /// A command confirms it.
        record Confirmed() implements Event {}

        /// A command wants it back.
        record Revoked(String why, int command) implements Event {}

        /// The receiver was started.
        record Resumed(String bootId, long uptime) implements Event {}
    }

    /// What is to be done about it, in order; answered by an [Event].
    sealed interface Act {
        /// Make this state durable before anything else.
        record Save() implements Act {}

        record Switch() implements Act {}

        /// @param again whether what an earlier try left running is to be ended first
        record Run(boolean again) implements Act {}

        record Check(boolean again) implements Act {}

        /// @param program whether to run that too, and not only set the profile
        record GoBack(boolean again, boolean program) implements Act {}

        /// Write the end down beside the profile, and clean up.
        record Conclude() implements Act {}
    }

    static Step<ActivationRun, Act> begin(Order order, String bootId, long uptime) {
        var wait = new Wait(bootId, uptime, 0, 0, false);
        boolean back = order.aim() == Aim.GO_BACK;
        var stage = back ? Stage.ROLLING_BACK : Stage.SET;
        var run = new ActivationRun(order, stage, 1, "", -1, Bytes.EMPTY, wait);
        return Step.to(run, new Act.Save(), back ? new Act.GoBack(false, true) : new Act.Switch());
    }

    Step<ActivationRun, Act> on(Event event) {
        return switch (event) {
            case Event.Switched switched ->
                stage == Stage.SET
                        ? Step.to(in(Stage.ACTIVATING, ""), new Act.Save(), new Act.Run(false))
                        : Step.to(this);
            case Event.Ended ended -> stage == Stage.ACTIVATING ? ended(ended) : Step.to(this);
            case Event.Checked checked -> stage == Stage.CHECKING ? checked(checked) : Step.to(this);
            case Event.WentBack back -> stage == Stage.ROLLING_BACK ? wentBack(back) : Step.to(this);
            case Event.Tick tick -> awaits() ? waited(tick.bootId(), tick.uptime()) : Step.to(this);
            case Event.Confirmed confirmed ->
                stage == Stage.AWAITING_CONFIRMATION
                        ? Step.to(in(Stage.CONFIRMED, ""), new Act.Save(), new Act.Conclude())
                        : Step.to(this);
            case Event.Revoked revoked ->
                awaits() || stage == Stage.ROLLBACK_FAILED
                        ? ordering(order.revoked(revoked.command())).goBack(revoked.why())
                        : Step.to(this);
            case Event.Resumed resumed -> resumed(resumed);
        };
    }

    boolean awaits() {
        return stage == Stage.AWAITING_REBOOT || stage == Stage.AWAITING_CONFIRMATION;
    }

    private Step<ActivationRun, Act> ended(Event.Ended ended) {
        var next = printed(ended.exitStatus(), ended.tail());
        return ended.why().isEmpty()
                ? Step.to(next.in(Stage.CHECKING, ""), new Act.Save(), new Act.Check(false))
                : next.goBack(ended.why());
    }

    private Step<ActivationRun, Act> checked(Event.Checked checked) {
        var next = checked.exitStatus() < 0 ? this : printed(checked.exitStatus(), checked.tail());
        if (!checked.why().isEmpty()) return next.goBack(checked.why());
        if (order.activation().afterReboot() && !spent.rebooted()) {
            return Step.to(
                    next.in(Stage.AWAITING_REBOOT, "healthy; to be checked again after a reboot"), new Act.Save());
        }
        if (order.activation().confirmWithinSeconds() > 0) {
            return Step.to(next.in(Stage.AWAITING_CONFIRMATION, "").told(), new Act.Save());
        }
        return Step.to(next.in(Stage.CONFIRMED, ""), new Act.Save(), new Act.Conclude());
    }

    private Step<ActivationRun, Act> goBack(String why) {
        return Step.to(in(Stage.ROLLING_BACK, why), new Act.Save(), new Act.GoBack(false, true));
    }

    private Step<ActivationRun, Act> wentBack(Event.WentBack back) {
        var next = back.exitStatus() < 0 ? this : printed(back.exitStatus(), back.tail());
        var first = reason.isEmpty() ? "" : reason + "; ";
        if (!back.why().isEmpty()) {
            return Step.to(next.in(Stage.ROLLBACK_FAILED, first + "rollback failed: " + back.why()), new Act.Save());
        }
        var where = order.before()
                .map(generation -> "profile at generation " + generation)
                .orElse("the profile had no generation before and is unset");
        return Step.to(
                // What the failure printed tells more than what the rollback did.
                in(Stage.ROLLED_BACK, first + where), new Act.Save(), new Act.Conclude());
    }

    private Step<ActivationRun, Act> waited(String bootId, long uptime) {
        var next = waiting(spent.at(bootId, uptime));
        int seconds = order.activation().confirmWithinSeconds();
        if (seconds > 0 && next.spent.waited() >= 1000L * seconds) {
            return next.goBack("not confirmed within " + duration(seconds));
        }
        boolean reboot = !bootId.equals(spent.bootId());
        if (stage == Stage.AWAITING_REBOOT && reboot) {
            var seen = next.waiting(new Wait(bootId, uptime, next.spent.waited(), next.spent.waited(), true));
            return Step.to(seen.in(Stage.CHECKING, ""), new Act.Save(), new Act.Check(false));
        }
        if (!reboot && next.spent.waited() - next.spent.saved() < SAVE_MILLIS) return Step.to(next);
        var w = next.spent;
        return Step.to(
                next.waiting(new Wait(w.bootId(), w.uptime(), w.waited(), w.waited(), w.rebooted()))
                        .told(),
                new Act.Save());
    }

    private Step<ActivationRun, Act> resumed(Event.Resumed resumed) {
        var now = spent.at(resumed.bootId(), resumed.uptime());
        return switch (stage) {
            case SET -> Step.to(this, new Act.Switch());
            // A reboot that cut this short is not the one that is waited for afterwards.
            case ACTIVATING -> waiting(now).again(new Act.Run(true), "the activation");
            case CHECKING -> waiting(now).again(new Act.Check(true), "the health check");
            case AWAITING_REBOOT, AWAITING_CONFIRMATION -> waited(resumed.bootId(), resumed.uptime());
            case ROLLING_BACK ->
                starts < MAX_STARTS
                        ? Step.to(started(), new Act.Save(), new Act.GoBack(true, true))
                        // The profile at least goes back, whatever its program does to the machine.
                        : Step.to(this, new Act.GoBack(true, false));
            case CONFIRMED, ROLLED_BACK -> Step.to(this, new Act.Conclude());
            case ROLLBACK_FAILED -> Step.to(this);
        };
    }

    private Step<ActivationRun, Act> again(Act act, String what) {
        return starts < MAX_STARTS
                ? Step.to(started(), new Act.Save(), act)
                : goBack(what + " was cut short " + starts + " times");
    }

    private ActivationRun told() {
        int seconds = order.activation().confirmWithinSeconds();
        if (seconds == 0 || stage != Stage.AWAITING_CONFIRMATION) return this;
        long left = Math.max(0, seconds - spent.waited() / 1000);
        return new ActivationRun(
                order,
                stage,
                starts,
                "healthy; to be confirmed by a command within " + duration(left) + " of uptime",
                exitStatus,
                tail,
                spent);
    }

    private static String duration(long seconds) {
        return seconds < 600 ? seconds + " s" : seconds < 36_000 ? seconds / 60 + " min" : seconds / 3600 + " h";
    }

    private ActivationRun in(Stage next, String why) {
        return new ActivationRun(order, next, 1, why, exitStatus, tail, spent);
    }

    private ActivationRun started() {
        return new ActivationRun(order, stage, starts + 1, reason, exitStatus, tail, spent);
    }

    private ActivationRun printed(int status, Bytes output) {
        return new ActivationRun(order, stage, starts, reason, status, output, spent);
    }

    private ActivationRun waiting(Wait next) {
        return new ActivationRun(order, stage, starts, reason, exitStatus, tail, next);
    }

    private ActivationRun ordering(Order next) {
        return new ActivationRun(next, stage, starts, reason, exitStatus, tail, spent);
    }
}
