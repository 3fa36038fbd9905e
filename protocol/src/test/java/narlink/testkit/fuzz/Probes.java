package narlink.testkit.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jacoco.core.data.ExecutionData;
import org.jacoco.core.runtime.RuntimeData;

/// Which branches ran, as jacoco's probes tell: an array of flags for each class, set by the class itself. Looked at
/// after each input, so without copying.
final class Probes extends RuntimeData {
    private final List<boolean[]> set = new ArrayList<>();
    private final List<boolean[]> seen = new ArrayList<>();

    @Override
    public ExecutionData getExecutionData(Long id, String name, int probes) {
        var data = super.getExecutionData(id, name, probes);
        set.add(data.getProbes());
        seen.add(new boolean[probes]);
        return data;
    }

    /// Whether branches have run since the last call that never ran before.
    boolean hasNew() {
        boolean found = false;
        for (int i = 0; i < set.size(); i++) {
            boolean[] now = set.get(i);
            boolean[] before = seen.get(i);
            if (Arrays.mismatch(now, before) < 0) continue;
            System.arraycopy(now, 0, before, 0, now.length);
            found = true;
        }
        return found;
    }

    /// Begins anew.
    void clear() {
        set.forEach(flags -> Arrays.fill(flags, false));
        seen.forEach(flags -> Arrays.fill(flags, false));
    }

    int count() {
        int count = 0;
        for (var flags : seen) {
            for (boolean flag : flags) count += flag ? 1 : 0;
        }
        return count;
    }
}
