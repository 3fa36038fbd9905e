package narlink.ground.simulation;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import narlink.ground.Deployment;
import narlink.nix.PathInfo;
import narlink.nix.StorePath;
import narlink.wire.Report;
import narlink.wire.Symbols;

/// One thing that must always hold. It hears what happens, as much of it as it wants, and tells [Sight#violated] of
/// what it finds otherwise; the run goes on.
interface Invariant {
    /// Its name in the design, as I1.
    String name();

    /// Earth has queued it; again each time Earth is looked at.
    default void queued(Deployment deployment) {}

    /// The receiver had a path added to the store.
    default void added(PathInfo info, byte[] nar) {}

    /// The receiver had paths deleted, as it was ordered.
    default void deleted(Collection<StorePath> paths) {}

    /// Somebody changed the store behind narlink's back.
    default void meddled(Collection<StorePath> paths) {}

    /// A bit of what is kept of a deployment flipped: what was durable may have to come again.
    default void rotted(int deployment) {}

    /// The receiver has done something, or was started.
    ///
    /// @param storeChanged whether the store is another one than after the step before
    default void stepped(boolean storeChanged) {}

    /// Symbols went up.
    default void sent(Symbols symbols) {}

    /// A report has left the receiver, wherever it goes.
    ///
    /// @param before the one before it
    default void reported(Optional<Report> before, Report report) {}

    /// A program was begun for an activation.
    ///
    /// @param environment that it runs in
    default void ran(int deployment, Map<String, String> environment) {}

    /// A program that can't but fail did so, for an activation that is not to stay.
    default void failed(int deployment) {}

    /// A pass has ended.
    default void passed() {}

    /// All is over, after passes enough over a fair link.
    default void over() {}
}
