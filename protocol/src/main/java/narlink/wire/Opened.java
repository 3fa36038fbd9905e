package narlink.wire;

import narlink.nix.PublicKey;

/// What became of bytes that claimed to be a segment. On this link a rejection is ordinary, so it is a value to count
/// and never an exception.
public sealed interface Opened {
    /// A known key signed it, for this satellite and this direction. What that key may say is for the caller to judge.
    record Trusted(Message message, PublicKey signer) implements Opened {}

    record Rejected(Reason reason) implements Opened {}

    enum Reason {
        /// Not a segment, or a body that breaks the specification.
        MALFORMED,
        /// No key with that id is known.
        UNKNOWN_KEY,
        /// The signature is not that key's, or is for another satellite or direction.
        BAD_SIGNATURE,
        /// Signed well, but of a kind or with an authenticator that this version does not know.
        UNKNOWN_KIND
    }
}
