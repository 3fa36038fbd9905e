package narlink.ground.simulation;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import narlink.ground.Ledger;
import narlink.ground.Places;
import narlink.ground.Timetable;

/// The ledger as one process of Earth has it: once that is killed, nothing it still does reaches the ledger.
final class MortalLedger {
    private final Ledger ledger;
    private boolean dead;

    MortalLedger(Ledger ledger) {
        this.ledger = ledger;
    }

    Ledger open() {
        return wrap(Ledger.class, ledger);
    }

    void kill() {
        dead = true;
    }

    private <T> T wrap(Class<T> type, T target) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> {
                    if (dead) throw new Fiber.KilledError();
                    try {
                        var result = method.invoke(target, given);
                        if (result instanceof Places places) return wrap(Places.class, places);
                        return result instanceof Timetable timetable ? wrap(Timetable.class, timetable) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                }));
    }
}
