package narlink.ground.simulation;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import narlink.ground.Ledger;
import narlink.ground.Places;

/// The ledger, asked again only for what may have changed: in a simulation nobody else writes to it, and what is read
/// over and over again takes a third of a mission's time otherwise. Belongs to the world's thread.
final class RememberedLedger {
    /// Reads of values that stay as they are.
    private static final Set<String> REMEMBERED = Set.of(
            "satellite",
            "mirror",
            "deployments",
            "commands",
            "lastReport",
            "stationKeys",
            "rootsWanted",
            "of",
            "frozen");

    /// Reads that are not remembered, and writes of which nothing that is remembered tells.
    private static final Set<String> HARMLESS = Set.of(
            "lease",
            "giveBack",
            "used",
            "settled",
            "happened",
            "history",
            "lowestOpen",
            "pieces",
            "roots",
            "stores",
            "lastQuestion",
            "places",
            "timetable");

    private final Map<List<Object>, Object> known = new HashMap<>();

    private RememberedLedger() {}

    static Ledger of(Ledger ledger) {
        return new RememberedLedger().wrap(Ledger.class, ledger);
    }

    private <T> T wrap(Class<T> type, T target) {
        InvocationHandler handler = (proxy, method, given) -> {
            var name = method.getName();
            if (REMEMBERED.contains(name)) {
                var question = List.of(name, given == null ? List.of() : Arrays.asList(given));
                var answer = known.get(question);
                if (answer == null) {
                    answer = call(target, method, given);
                    known.put(question, answer);
                }
                return answer;
            }
            if (name.equals("report"))
                known.keySet().removeIf(question -> question.getFirst().equals("lastReport"));
            else if (!HARMLESS.contains(name)) known.clear();
            var result = call(target, method, given);
            return result instanceof Places places ? wrap(Places.class, places) : result;
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object call(Object target, Method method, Object[] given) throws Throwable {
        try {
            return method.invoke(target, given);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }
}
