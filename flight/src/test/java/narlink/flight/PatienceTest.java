package narlink.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import narlink.nix.Store;
import narlink.pack.Activation;
import narlink.testkit.RealNix;
import narlink.wire.DeploymentState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clocks that jump, stores that never answer, disks that fail to sync: nothing is believed too early.
final class PatienceTest {
    private static final long MINUTE = 60_000;

    @TempDir
    Path directory = Path.of("");

    @Test
    void aClockThatJumpedAheadAndIsSetBackExpiresNothing() throws Exception {
        RealNix.required();
        try (var bench = new Bench(directory)) {
            var target = bench.target("target", java.util.Map.of("run", "true"));
            bench.hear(Bench.segments(1, target, Activation.NONE).getFirst());
            bench.settled();
            var honest = bench.clock.now;
            var late = Instant.ofEpochSecond(9_000_000_000L);
            for (int i = 0; i < 3; i++) {
                bench.clock.now = late;
                assertEquals(DeploymentState.RECEIVING, state(bench));
                bench.machine.uptime += 9 * MINUTE;
                assertEquals(DeploymentState.RECEIVING, state(bench));
                bench.clock.now = honest;
                assertEquals(DeploymentState.RECEIVING, state(bench));
            }
            bench.clock.now = late;
            assertEquals(DeploymentState.RECEIVING, state(bench));
            bench.machine.uptime += 10 * MINUTE;
            assertEquals(DeploymentState.EXPIRED, state(bench));
        }
    }

    /// Once the clock has certainly been looked at.
    private static DeploymentState state(Bench bench) throws InterruptedException {
        bench.settled();
        return bench.deployment(1).state();
    }

    @Test
    void aStoreThatHangsIsAskedAnewAfterHalfAnHour() throws Exception {
        var files = FlightState.at(directory);
        files.init(Bench.NAME);
        files.boot();
        var hangs = new CountDownLatch(1);
        var aborted = new CountDownLatch(1);
        var store = (Store) Proxy.newProxyInstance(
                Store.class.getClassLoader(), new Class<?>[] {Store.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("abort")) {
                        aborted.countDown();
                        return Optional.empty(); // Of a method that returns nothing.
                    }
                    hangs.countDown();
                    if (!aborted.await(1, TimeUnit.MINUTES)) throw new AssertionError("not aborted");
                    throw new IOException("aborted");
                });
        try (var hands = new Hands(files, store, 0, (number, input) -> {}, view -> {}, Workers.real())) {
            hands.scan();
            assertTrue(hangs.await(1, TimeUnit.MINUTES));
            hands.watch(0);
            hands.watch(Hands.PATIENCE_MILLIS - 1);
            assertEquals(1, aborted.getCount());
            hands.watch(Hands.PATIENCE_MILLIS);
            assertEquals(0, aborted.getCount());
        }
    }

    @Test
    void whatAFailedSyncMayHaveLostIsWantedAgain() throws Exception {
        var fails = new AtomicBoolean();
        var real = new RealDisk(directory);
        var disk = (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(),
                new Class<?>[] {Disk.class},
                (proxy, method, arguments) -> appender(real.append((Path) arguments[0]), fails));
        try (var log = SymbolLog.open(disk, directory.resolve("log"), 16)) {
            assertTrue(log.append(1, new byte[16], 0));
            log.force();
            assertTrue(log.append(2, new byte[16], 0));
            fails.set(true);
            assertThrows(IOException.class, log::force);
            assertEquals(1, log.held());
            fails.set(false);
            assertTrue(log.append(2, new byte[16], 0));
            assertTrue(log.append(3, new byte[16], 0));
            log.force();
            var esis = new ArrayList<Integer>();
            log.symbols(entry -> esis.add(entry.esi()));
            assertEquals(java.util.List.of(1, 2, 3), esis);
        }
    }

    private static Disk.Appender appender(Disk.Appender real, AtomicBoolean fails) {
        return (Disk.Appender) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {Disk.Appender.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("force") && fails.get()) throw new IOException("fsync");
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
