/// Nix's formats, without any process or socket: store paths, NARs, hashes and signatures as text, narinfo; and
/// [narlink.nix.Store], what narlink asks of a store. Start with [narlink.nix.StorePath] and
/// [narlink.nix.PathInfo]; [narlink.nix.NarParser] is the strict reader that decides what may reach a store.
@NullMarked
package narlink.nix;

import org.jspecify.annotations.NullMarked;
