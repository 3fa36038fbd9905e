package narlink.flight;

import narlink.wire.FecObject;
import narlink.wire.Symbols;

/// What a [Reception] wants done.
sealed interface Effect {
    /// Write symbols to the log; answered by [Input.Kept] once they are durable.
    record Keep(Symbols symbols) implements Effect {}

    /// Answered by [Input.Decoded], [Input.Undecodable] or [Input.Spoilt].
    record Decode(FecObject object, int block) implements Effect {}

    /// Answered by [Input.ManifestRead] or [Input.Failed].
    record ReadManifest() implements Effect {}

    /// Import what the blocks hold so far, and go on as more are done.
    record Import() implements Effect {}

    /// Set the profile and run the activation, or go on with that; answered by [Input.Activating] again and again.
    record Activate() implements Effect {}

    /// Make the state durable.
    record Save() implements Effect {}

    /// The symbols were not needed.
    record Surplus() implements Effect {}

    /// Give what it holds in the store to the deployment that takes its place.
    record Bequeath(int heir) implements Effect {}

    /// Drop what is not needed once a deployment has ended.
    record Release() implements Effect {}
}
