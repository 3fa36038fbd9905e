package narlink.ground.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// Proof that the simulator finds things: each of these defects, put into the classes that fly, breaks something that
/// must always hold, on seeds that the change gate runs.
///
/// A few are looked for in every build, all of them with `-Dnarlink.defects=all`.
final class DefectsTest {
    private static final int SEEDS = Integer.getInteger("narlink.defects.seeds", 500);
    private static final String FLIGHT = "narlink.flight.";
    private static final String GROUND = "narlink.ground.";

    private static final List<Defect> DEFECTS = List.of(
            Defect.says("a lease is given back from its beginning", GROUND + "Leases", "close", "Lease.next", 0),
            Defect.skips("the store's digest leaves paths out", FLIGHT + "Census", "put", "StoreDigest.put"),
            Defect.says("what is stuck is left so", GROUND + "Supplements", "answer", "Progress.stuck", 0),
            Defect.says("answers are asked for, but not kept", GROUND + "Asking", "on", "Ledger.told", 0),
            Defect.skips("nobody hears that symbols are durable", FLIGHT + "Receiver", "settle", "Deployments.step"),
            Defect.skips("nobody hears that a block is decoded", FLIGHT + "Blocks", "decode", "BiConsumer.accept"),
            Defect.skips("the manifest is not read", FLIGHT + "Blocks", "readManifest", "ExecutorService.execute"),
            Defect.says("a sick system counts as healthy", FLIGHT + "Activator", "round", "Result.succeeded", 1),
            Defect.says(
                    "an activation that failed counts as done",
                    FLIGHT + "Activator",
                    "activate",
                    "Result.succeeded",
                    1),
            Defect.skips("symbols are told before they are synced", FLIGHT + "SymbolLog", "force", "Appender.force"),
            Defect.skips("paths are told before they are synced", FLIGHT + "Importer$Settled", "now", "Store.sync"),
            Defect.skips("a path is imported without a root", FLIGHT + "Importer", "add", "Store.root"),
            Defect.skips("ESIs of a lease are used again", GROUND + "Leases", "take", "Map.put"),
            Defect.skips(
                    "a status is told, but not written down",
                    FLIGHT + "Deployments",
                    "step",
                    "DeploymentFiles.saveStatus"),
            Defect.skips(
                    "a command is carried out before its number is written down",
                    FLIGHT + "Commands",
                    "ordered",
                    "FlightState.saveNumber"),
            Defect.says(
                    "an old command is carried out again", FLIGHT + "Commands", "ordered", "Command.number", 1048576),
            Defect.skips("the starts are not counted", FLIGHT + "FlightState", "boot", "Disk.replace"),
            Defect.skips("the floor is not written down", FLIGHT + "Deployments", "begin", "FlightState.saveNumber"),
            Defect.skips(
                    "an ended deployment whose announcement rotted may begin again",
                    FLIGHT + "Deployments",
                    "isClosed",
                    "SortedMap.put"),
            Defect.skips("a generation has no link", FLIGHT + "Profiles", "generation", "Disk.link"),
            Defect.skips("a rollback leaves the profile as it is", FLIGHT + "Activator", "goBack", "Profiles.activate"),
            Defect.skips("a path that a cut emptied is taken as it is", FLIGHT + "Importer", "lies", "Store.nar"),
            Defect.says("a signature is not checked", "narlink.nix.PublicKey", "verify", "", 1),
            Defect.skips(
                    "a block that comes wakes nobody", FLIGHT + "PackStream$Signal", "change", "Condition.signalAll"),
            Defect.skips("a decoded block is not kept", FLIGHT + "Blocks", "solve", "DeploymentFiles.saveBlock"),
            Defect.skips("nothing is taken up after a restart", FLIGHT + "Deployments", "recover", "SortedMap.put"),
            Defect.says("any mirror counts as the store's", GROUND + "Mirror", "is", "", 1),
            Defect.skips("the mirror does not learn what was found", GROUND + "Asking", "settle", "Ledger.settle"),
            Defect.says("an older report counts as news", GROUND + "ledger.SqlLedger", "report", "Update.execute", 1),
            Defect.skips(
                    "a command that was answered is sent again and again",
                    GROUND + "ReportIntake",
                    "settle",
                    "Ledger.answer"),
            Defect.says("commands are never sent", GROUND + "CommandSending", "next", "", 0),
            Defect.says("the satellite is never asked", GROUND + "Asking", "next", "", 0),
            Defect.skips("the status is not checked for rot", FLIGHT + "DeploymentFiles", "status", "String.equals"),
            Defect.skips(
                    "paths that are there with other contents are taken for the ordered ones",
                    FLIGHT + "KnownPaths",
                    "find",
                    "List.add"));

    @Test
    void eachIsFoundWithinTheSeedsOfTheGate() throws Exception {
        boolean all = "all".equals(System.getProperty("narlink.defects"));
        var chosen = all ? DEFECTS : DEFECTS.subList(0, Math.min(4, DEFECTS.size()));
        var missed = new ArrayList<String>();
        try (var workers = Executors.newFixedThreadPool(
                Runtime.getRuntime().availableProcessors(), Thread.ofVirtual().factory())) {
            var runs = new ArrayList<Future<String>>();
            for (var defect : chosen) runs.add(workers.submit(() -> probe(defect)));
            for (int i = 0; i < chosen.size(); i++) {
                var found = runs.get(i).get();
                System.out.println(chosen.get(i).what() + ": " + (found.isEmpty() ? "NOT FOUND" : found));
                if (found.isEmpty()) missed.add(chosen.get(i).what());
            }
        }
        assertEquals(List.of(), missed);
        assertTrue(DEFECTS.size() >= 25);
    }

    @Test
    void whatBreaksIsShrunk() throws Exception {
        var defect = DEFECTS.stream()
                .filter(known -> known.what().equals("a generation has no link"))
                .findFirst()
                .orElseThrow();
        var words = call(defect, "shrunk", 1L).split(" ", 3);
        assertTrue(Integer.parseInt(words[0]) < 30 && Integer.parseInt(words[1]) > 0, String.join(" ", words));
        assertTrue(words[2].startsWith("I5: "), words[2]);
    }

    static List<Defect> all() {
        return DEFECTS;
    }

    static String probe(Defect defect) throws Exception {
        return call(defect, "probe", 1L, (long) SEEDS);
    }

    private static String call(Defect defect, String method, Object... arguments) throws Exception {
        var loader = new Defective(defect);
        var test = Class.forName(SimulationTest.class.getName(), true, loader);
        var types = new Class<?>[arguments.length];
        Arrays.fill(types, long.class);
        var probe = test.getDeclaredMethod(method, types);
        probe.setAccessible(true);
        try {
            return (String) probe.invoke(null, arguments);
        } catch (InvocationTargetException e) {
            return "I6: it broke: " + e.getTargetException();
        }
    }

    /// Loads all of narlink anew, one class with a defect.
    private static final class Defective extends ClassLoader {
        private final Defect defect;

        Defective(Defect defect) {
            super(Defective.class.getClassLoader());
            this.defect = defect;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                var known = findLoadedClass(name);
                if (known != null) return known;
                if (!name.startsWith("narlink.")) return super.loadClass(name, resolve);
                try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                    if (in == null) throw new ClassNotFoundException(name);
                    byte[] bytes = in.readAllBytes();
                    if (name.equals(defect.type())) bytes = defect.into(bytes);
                    return defineClass(name, bytes, 0, bytes.length);
                } catch (IOException e) {
                    throw new ClassNotFoundException(name, e);
                }
            }
        }
    }
}
