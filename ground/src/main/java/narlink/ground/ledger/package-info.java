/// The ledger in a database: one SQLite file by default. Only this package speaks JDBC.
@NullMarked
package narlink.ground.ledger;

import org.jspecify.annotations.NullMarked;
