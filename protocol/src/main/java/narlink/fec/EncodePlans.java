package narlink.fec;

import java.util.LinkedHashMap;
import java.util.Map;

/// Encode plans by K', which is all that they depend on. The plans used last are kept.
final class EncodePlans {
    /// 16 MB: two plans of the largest K', or a hundred of K' = 1000.
    private static final int INTS_MAX = 4 << 20;

    private static final Map<Integer, Plan> PLANS = new LinkedHashMap<>(16, 0.75f, true);
    private static int ints;

    private EncodePlans() {}

    static synchronized Plan of(Parameters parameters) {
        var known = PLANS.get(parameters.kPrime());
        if (known != null) return known;
        var plan = make(parameters);
        PLANS.put(parameters.kPrime(), plan);
        ints += plan.size();
        var eldest = PLANS.values().iterator();
        while (ints > INTS_MAX && PLANS.size() > 1) {
            ints -= eldest.next().size();
            eldest.remove();
        }
        return plan;
    }

    static synchronized void forget() {
        PLANS.clear();
        ints = 0;
    }

    static Plan make(Parameters parameters) {
        var constraints = Constraints.ofSource(parameters, new Generator(parameters));
        var peeling = new Peeling(constraints);
        var hdpc = new Hdpc(parameters);
        var elimination = new Elimination(constraints, peeling, hdpc);
        var completion = elimination.completion().orElseThrow(); // §5.6: every K' of the table has full rank.
        return Planner.plan(constraints, peeling, elimination, completion);
    }
}
