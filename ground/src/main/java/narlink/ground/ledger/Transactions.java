package narlink.ground.ledger;

import java.time.Duration;
import java.util.Optional;
import narlink.ground.LedgerException;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/// Jdbi's transactions; what fails in them is a [LedgerException]. While no connection can be had, only now and then
/// somebody waits for one: passes have other things to do.
final class Transactions {
    private static final Duration AWAY = Duration.ofSeconds(3);

    private final Jdbi jdbi;
    private volatile @Nullable Absence absence;

    private record Absence(long sinceNanos, ConnectionException why) {
        boolean over() {
            return System.nanoTime() - sinceNanos > AWAY.toNanos();
        }
    }

    Transactions(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    private interface Call<R, X extends Exception> {
        R run() throws X;
    }

    private <R, X extends Exception> R call(Call<R, X> call) throws X {
        var away = Optional.ofNullable(absence).filter(known -> !known.over());
        if (away.isPresent()) throw new LedgerException(away.get().why());
        try {
            return call.run();
        } catch (ConnectionException e) {
            absence = new Absence(System.nanoTime(), e);
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
        return call(() -> jdbi.inTransaction(callback));
    }

    <X extends Exception> void useTransaction(HandleConsumer<X> callback) throws X {
        inTransaction(handle -> {
            callback.useHandle(handle);
            return true;
        });
    }
}
