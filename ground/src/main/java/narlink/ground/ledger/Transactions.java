package narlink.ground.ledger;

import java.util.Optional;
import narlink.ground.LedgerException;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/// Jdbi's transactions; what fails in them is a [LedgerException]. While no connection can be had, or nothing be
/// written, nobody waits for it: see [Reach].
final class Transactions {
    private final Jdbi jdbi;
    private final Reach reading;
    private final Reach writing;
    private final Optional<SharedCommit> shared;

    /// @param together whether transactions that come at the same time are to be made one
    Transactions(Jdbi jdbi, boolean together) {
        this.jdbi = jdbi;
        this.reading = new Reach(
                "the database: reading and writing", () -> jdbi.useHandle(handle -> handle.execute("SELECT 1")));
        this.writing = new Reach(
                "the database: writing",
                () -> jdbi.useTransaction(
                        handle -> handle.execute("UPDATE satellite SET system = system WHERE name = ''")));
        this.shared = together ? Optional.of(new SharedCommit(jdbi)) : Optional.empty();
    }

    private interface Call<R, X extends Exception> {
        R run() throws X;
    }

    private <R, X extends Exception> R call(Call<R, X> call) throws X {
        reading.check();
        try {
            return call.run();
        } catch (ConnectionException e) {
            reading.lost(e);
            throw new LedgerException(e);
        } catch (JdbiException e) {
            throw new LedgerException(e);
        }
    }

    <R, X extends Exception> R withHandle(HandleCallback<R, X> callback) throws X {
        return call(() -> jdbi.withHandle(callback));
    }

    <X extends Exception> void useHandle(HandleConsumer<X> callback) throws X {
        withHandle(handle -> {
            callback.useHandle(handle);
            return true;
        });
    }

    <R, X extends Exception> R inTransaction(HandleCallback<R, X> callback) throws X {
        writing.check();
        return call(() -> {
            if (shared.isEmpty()) return jdbi.inTransaction(callback);
            try {
                return shared.get().run(callback);
            } catch (JdbiException e) {
                if (SharedCommit.isLocked(e)) writing.lost(e);
                throw e;
            }
        });
    }

    <X extends Exception> void useTransaction(HandleConsumer<X> callback) throws X {
        inTransaction(handle -> {
            callback.useHandle(handle);
            return true;
        });
    }

    void close() {
        shared.ifPresent(SharedCommit::close);
        reading.close();
        writing.close();
    }
}
