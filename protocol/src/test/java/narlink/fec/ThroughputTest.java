package narlink.fec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ThroughputTest {
    @Test
    void everyOperationHasAFigure() throws InterruptedException {
        var told = new ArrayList<Throughput.Result>();
        var workload = new Throughput.Workload(List.of(100), List.of(100), List.of(0.1), Duration.ofMillis(5));
        var report = Throughput.measure(workload, told::add);
        assertEquals(
                List.of("plan", "encode", "encodeWithPlan", "repair", "decode", "decode"),
                report.results().stream().map(Throughput.Result::operation).toList());
        assertEquals(told, report.results());
        assertTrue(report.results().stream().allMatch(result -> result.megabytesPerSecond() > 0));
        assertTrue(report.copyMegabytesPerSecond() > 0);
        assertTrue(report.xorMegabytesPerSecond() > 0);
    }
}
