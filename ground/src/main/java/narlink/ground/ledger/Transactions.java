package narlink.ground.ledger;

import narlink.ground.LedgerException;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/// Jdbi's transactions; what fails in them is a [LedgerException].
final class Transactions {
    private final Jdbi jdbi;

    Transactions(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    <R, X extends Exception> R withHandle(HandleCallback<R, X> callback) throws X {
        try {
            return jdbi.withHandle(callback);
        } catch (JdbiException e) {
            throw new LedgerException(e);
        }
    }

    <X extends Exception> void useHandle(HandleConsumer<X> callback) throws X {
        withHandle(handle -> {
            callback.useHandle(handle);
            return true;
        });
    }

    <R, X extends Exception> R inTransaction(HandleCallback<R, X> callback) throws X {
        try {
            return jdbi.inTransaction(callback);
        } catch (JdbiException e) {
            throw new LedgerException(e);
        }
    }

    <X extends Exception> void useTransaction(HandleConsumer<X> callback) throws X {
        inTransaction(handle -> {
            callback.useHandle(handle);
            return true;
        });
    }
}
