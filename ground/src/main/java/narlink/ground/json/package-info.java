/// What Earth knows, as JSON: the same keys from `narlink … --json` and from the server's HTTP API. Reads the ledger,
/// changes nothing.
@NullMarked
package narlink.ground.json;

import org.jspecify.annotations.NullMarked;
