package narlink.flight;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Optional;
import java.util.function.Consumer;
import narlink.pack.Activation;
import narlink.pack.ProfileName;
import narlink.wire.DeploymentState;
import narlink.wire.Report.CommandResult.Outcome;

/// The commands that are about profiles: each is refused, or becomes an event or an order for [Activations]. Belongs to
/// the reception thread.
final class ProfileCommands {
    private static final System.Logger LOG = System.getLogger(ProfileCommands.class.getName());

    private final Activations activations;
    private final Activator activator;
    private final Journal journal;
    private final Profiles profiles;
    private final Activations.Listener answers;
    private final Consumer<Activations.Happening> worker;

    /// @param worker takes what is done on another thread
    ProfileCommands(
            Activations activations,
            Activator activator,
            Journal journal,
            Profiles profiles,
            Activations.Listener answers,
            Consumer<Activations.Happening> worker) {
        this.activations = activations;
        this.activator = activator;
        this.journal = journal;
        this.profiles = profiles;
        this.answers = answers;
        this.worker = worker;
    }

    /// Carries out the command to activate a generation again.
    void activate(int command, ProfileName name, int generation) throws IOException {
        var now = activations.run(name);
        if (now.isPresent() && now.get().stage().runs()) {
            answers.command(
                    command,
                    Outcome.REFUSED,
                    "busy: profile " + name + " is " + now.get().stage());
        } else if (profiles.path(name, generation).isEmpty()) {
            answers.command(command, Outcome.REFUSED, "profile " + name + " has no generation " + generation);
        } else {
            var order = new ActivationRun.Order(
                    0,
                    command,
                    name,
                    generation,
                    journal.activation(name, generation),
                    Optional.empty(),
                    ActivationRun.Aim.ACTIVATE);
            answers.command(command, Outcome.PENDING, "");
            activations.begin(order, now);
        }
    }

    /// Carries out the command to go back.
    ///
    /// @param generation 0: the last confirmed one, or where that is current, the one before
    void rollBack(int command, ProfileName name, int generation) throws IOException {
        var now = activations.run(name);
        if (now.isPresent() && now.get().stage().runs()) {
            answers.command(
                    command,
                    Outcome.REFUSED,
                    "busy: profile " + name + " is " + now.get().stage());
            return;
        }
        boolean same = now.isPresent()
                && (generation == 0 || now.get().order().before().equals(Optional.of(generation)));
        if (same) {
            revoke(command, now.get(), "rolled back");
            return;
        }
        var target = generation == 0 ? before(name) : Optional.of(generation);
        if (target.isEmpty() || profiles.path(name, target.get()).isEmpty()) {
            answers.command(
                    command,
                    Outcome.REFUSED,
                    target.map(number -> "profile " + name + " has no generation " + number)
                            .orElse("profile " + name + " has no generation to go back to"));
            return;
        }
        int current = profiles.current(name).map(Profiles.Profile::generation).orElse(0);
        answers.command(command, Outcome.PENDING, "");
        activations.begin(
                new ActivationRun.Order(0, command, name, current, Activation.NONE, target, ActivationRun.Aim.GO_BACK),
                now);
    }

    private void revoke(int command, ActivationRun run, String what) {
        var why = what + " by command " + command;
        activations.answer(run, Outcome.FAILED, why);
        answers.command(command, Outcome.PENDING, "");
        activations.on(run.order().profile(), new ActivationRun.Event.Revoked(why, command));
    }

    private Optional<Integer> before(ProfileName name) throws IOException {
        var current = profiles.current(name).map(Profiles.Profile::generation);
        var confirmed = journal.confirmed(name).map(Journal.Confirmed::generation);
        if (confirmed.isPresent() && !confirmed.equals(current)) return confirmed;
        var generations = new ArrayList<>(profiles.generations(name)
                .headMap(current.orElse(Integer.MAX_VALUE), false)
                .keySet());
        generations.removeAll(journal.failed(name));
        return generations.isEmpty() ? Optional.empty() : Optional.of(generations.getLast());
    }

    /// Carries out the command to confirm a deployment.
    void confirm(int command, int deployment) {
        var run = activations.run(deployment);
        if (run.isEmpty() || run.get().stage() != ActivationRun.Stage.AWAITING_CONFIRMATION) {
            var state = run.map(known -> "it is " + known.stage()).orElse("it is not being activated");
            answers.command(command, Outcome.REFUSED, "deployment " + deployment + " awaits no confirmation: " + state);
            return;
        }
        activations.on(run.get().order().profile(), new ActivationRun.Event.Confirmed());
        boolean taken = activations
                .run(deployment)
                .filter(known -> known.stage() == ActivationRun.Stage.CONFIRMED)
                .isPresent();
        answers.command(
                command,
                taken ? Outcome.DONE : Outcome.FAILED,
                taken ? "deployment " + deployment + " is confirmed" : "the disk refused; send it again");
    }

    /// Cancels a deployment's activation where it only waits.
    ///
    /// @return whether it was being activated
    boolean cancel(int command, int deployment) {
        var run = activations.run(deployment);
        if (run.isEmpty()) {
            activations.forget(deployment);
            return false;
        }
        if (run.get().awaits()) {
            revoke(command, run.get(), "cancelled");
        } else if (run.get().stage() == ActivationRun.Stage.ROLLBACK_FAILED) {
            activations.end(run.get(), DeploymentState.FAILED, run.get().reason() + "; ended by command " + command);
            answers.command(command, Outcome.DONE, "deployment " + deployment + " is given up");
        } else {
            answers.command(
                    command,
                    Outcome.REFUSED,
                    "deployment " + deployment + " is " + run.get().stage() + " and cannot be stopped half-way");
        }
        return true;
    }

    /// Carries out the command to keep so many generations.
    void retain(int command, ProfileName name, int keep) {
        answers.command(command, Outcome.PENDING, "");
        activations.submit(() -> {
            try {
                journal.retain(name, keep);
                int dropped = activator.retain(name);
                worker.accept(new Activations.Happening.CarriedOut(
                        command, "profile " + name + " keeps " + keep + " generations; " + dropped + " dropped", true));
            } catch (IOException | RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "retention of " + name, e);
                worker.accept(new Activations.Happening.CarriedOut(command, String.valueOf(e.getMessage()), false));
            }
        });
    }
}
