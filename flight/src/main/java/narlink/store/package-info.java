/// The stores: [narlink.store.DaemonStore] speaks Nix's worker protocol, [narlink.store.CacheStore] keeps a binary
/// cache directory where there is no Nix; [narlink.store.Stores#open] finds the right one for a URL.
///
/// [narlink.store.Worker] knows the protocol, its [narlink.store.Peer] is a process or a socket,
/// [narlink.store.Connection] makes a new one after every error. [narlink.store.CheckedNar] lets nothing through that
/// isn't the announced NAR.
@NullMarked
package narlink.store;

import org.jspecify.annotations.NullMarked;
