package narlink.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.Activation.Program;
import narlink.pack.Health;
import narlink.testkit.RealNix;
import narlink.wire.Command.Action;
import narlink.wire.DeploymentState;
import narlink.wire.Report;
import narlink.wire.Report.CommandResult.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Activation with real processes, over a real Nix store.
@Timeout(120)
final class ActivationTest {
    private static final String TRACE = "echo \"$NARLINK_GENERATION $NARLINK_STEP %s\" >> \"$NARLINK_STATE/trace\"";

    @TempDir
    Path directory;

    private Optional<Bench> opened = Optional.empty();

    @BeforeEach
    void needsNix() {
        RealNix.required();
    }

    @AfterEach
    void end() throws IOException {
        if (opened.isPresent()) opened.get().close();
    }

    private Bench bench(String... health) throws IOException {
        opened = Optional.of(new Bench(directory, health));
        return opened.get();
    }

    private List<String> trace() throws IOException {
        var file = directory.resolve("flight/trace");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private StorePath target(Bench bench, String name, String... more) throws IOException, InterruptedException {
        var scripts = new java.util.HashMap<>(Map.of("activate", TRACE.formatted(name)));
        for (int i = 0; i < more.length; i += 2) scripts.put(more[i], more[i + 1]);
        return bench.target(name, scripts);
    }

    private static Activation command(String script) {
        return Activation.of(new Program.Command(script));
    }

    private static Activation activate(Health health) {
        return activate(health, false, 0);
    }

    private static Activation activate(Health health, boolean reboot, int confirm) {
        return new Activation(new Program.Command("exec \"$NARLINK_TARGET/activate\""), 60, health, reboot, confirm);
    }

    private static Health health(String... commands) {
        return new Health(List.of(commands), 1, 2, 1, 2);
    }

    private static void confirmed(Report.DeploymentReport told) {
        assertEquals(
                DeploymentState.CONFIRMED,
                told.state(),
                told.reason() + "\n" + told.outputTail().utf8());
    }

    @Test
    void everyKindRunsWhatItsTargetsHave() throws Exception {
        var bench = bench();
        var user = System.getProperty("user.name", "root");
        var kinds = List.of(
                new Program.DeployRs(),
                new Program.SystemManager(),
                new Program.HomeManager(user),
                new Program.Nixos());
        var target = bench.target(
                "all",
                Map.of(
                        "deploy-rs-activate", TRACE.formatted("deploy-rs $PROFILE $(basename \"$(pwd)\")"),
                        "bin/activate", TRACE.formatted("system-manager"),
                        "activate", TRACE.formatted("home-manager $USER $HOME"),
                        "bin/switch-to-configuration", TRACE.formatted("nixos $1")));
        int number = 0;
        for (var kind : kinds) confirmed(bench.deploy(++number, target, Activation.of(kind)));
        var home = RealNix.run("sh", "-c", "getent passwd " + user + " | cut -d: -f6")
                .strip();
        assertEquals(
                List.of(
                        "1 activation deploy-rs " + bench.profile() + " " + target.baseName(),
                        "2 activation system-manager",
                        "3 activation home-manager " + user + " " + home,
                        "4 activation nixos switch"),
                trace());
        assertEquals(Optional.of("default-4-link"), bench.current());
    }

    @Test
    void theEnvironmentTellsWhatRuns() throws Exception {
        var bench = bench();
        var target = target(bench, "environment");
        var told =
                bench.deploy(3, target, command("set | grep ^NARLINK; test -x \"$NARLINK_TARGET/activate\"; exit 9"));
        assertEquals(DeploymentState.ROLLED_BACK, told.state());
        assertEquals(9, told.exitStatus());
        assertEquals(Optional.empty(), bench.current());
        var log = new String(Files.readAllBytes(directory.resolve("flight/logs/3")), StandardCharsets.UTF_8);
        for (var line : List.of(
                "NARLINK_PROFILE='" + bench.profile() + "'",
                "NARLINK_TARGET='" + bench.root() + target + "'",
                "NARLINK_GENERATION='1'",
                "NARLINK_DEPLOYMENT='3'",
                "NARLINK_STORE='local?root=" + bench.root() + "'",
                "NARLINK_STEP='activation'")) {
            assertTrue(log.contains(line), line + " in " + log);
        }
    }

    @Test
    void nixListsAndSwitchesTheGenerations() throws Exception {
        var bench = bench();
        var one = target(bench, "one");
        confirmed(bench.deploy(1, one, activate(Health.NONE)));
        confirmed(bench.deploy(2, target(bench, "two"), activate(Health.NONE)));
        var nix = List.of(
                "nix-env",
                "--store",
                bench.root().toString(),
                "-p",
                bench.profile().toString());
        var list = RealNix.run(words(nix, "--list-generations"));
        assertTrue(list.lines().count() == 2 && list.contains("(current)"), list);
        RealNix.run(words(nix, "--switch-generation", "1"));
        assertEquals(Optional.of("default-1-link"), bench.current());
        // Where somebody switched it, a sick one goes back to what was confirmed.
        var sick = bench.deploy(3, target(bench, "three"), activate(health("false")));
        assertEquals(DeploymentState.ROLLED_BACK, sick.state());
        assertEquals(Optional.of("default-2-link"), bench.current());
        RealNix.run("nix-store", "--store", bench.root().toString(), "--gc");
        assertTrue(Files.exists(Path.of(bench.root() + one.toString())), "a generation keeps what it leads to");
    }

    private static String[] words(List<String> first, String... more) {
        var words = new java.util.ArrayList<>(first);
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    @Test
    void whatIsSickGoesBackAndItsLinkStaysUntilTheFix() throws Exception {
        var bench = bench("test ! -e \"$NARLINK_TARGET/sick\"");
        confirmed(bench.deploy(1, target(bench, "well"), activate(Health.NONE)));
        var sick = bench.deploy(2, target(bench, "ill", "sick", "true"), activate(health()));
        assertEquals(DeploymentState.ROLLED_BACK, sick.state());
        assertTrue(sick.reason().contains("health check"), sick.reason());
        assertEquals(List.of("1 activation well", "2 activation ill", "1 rollback well"), trace());
        assertEquals(Optional.of("default-1-link"), bench.current());
        var generations = bench.profiles();
        assertTrue(Files.isSymbolicLink(generations.resolve("default-2-link")));
        confirmed(bench.deploy(3, target(bench, "fixed"), activate(Health.NONE)));
        assertFalse(Files.isSymbolicLink(generations.resolve("default-2-link")));
        assertEquals(Optional.of("default-3-link"), bench.current());
        assertTrue(bench.settled().profiles().getFirst().confirmed());
    }

    @Test
    void whatTheTargetBringsIsCheckedToo() throws Exception {
        var bench = bench();
        var target = target(bench, "own", "share/narlink/health", "echo not yet; exit 3");
        var told = bench.deploy(1, target, new Activation(new Program.None(), 60, health(), false, 0));
        assertEquals(DeploymentState.ROLLED_BACK, told.state());
        assertEquals(3, told.exitStatus());
        assertEquals("not yet\n", told.outputTail().utf8());
    }

    @Test
    void whatFlapsMustBeWellSeveralTimesInARow() throws Exception {
        var bench = bench();
        var flap = "n=$(cat \"$NARLINK_STATE/n\" 2>/dev/null || echo 0); echo $((n+1)) > \"$NARLINK_STATE/n\"; ";
        // Sick, well, sick, well, well.
        var settles = new Health(List.of(flap + "case $n in 0|2) exit 1;; esac"), 2, 30, 1, 5);
        confirmed(bench.deploy(1, target(bench, "settles"), activate(settles)));
        assertEquals("5", Files.readString(directory.resolve("flight/n")).strip());
        var flaps = new Health(List.of(flap + "exit $((n % 2))"), 2, 4, 1, 5);
        assertEquals(
                DeploymentState.ROLLED_BACK,
                bench.deploy(2, target(bench, "flaps"), activate(flaps)).state());
    }

    @Test
    void whatHangsIsKilledWithItsGrandchildren() throws Exception {
        var bench = bench();
        var mark = "4" + System.nanoTime();
        var hang = "(sleep %s & sleep %s) & sh -c '(sleep %s &)'; sleep %s".replace("%s", mark);
        var told = bench.deploy(
                1, target(bench, "hangs"), new Activation(new Program.Command(hang), 1, Health.NONE, false, 0));
        assertEquals(DeploymentState.ROLLED_BACK, told.state());
        assertTrue(told.reason().startsWith("activation took more than 1 s"), told.reason());
        boolean left = ProcessHandle.allProcesses()
                .anyMatch(process -> process.info().commandLine().orElse("").contains(mark));
        assertFalse(left, "something of it still runs");
    }

    @Test
    void rebootAndConfirmationAreWaitedForWithoutHoldingUpAnything() throws Exception {
        var bench = bench();
        confirmed(bench.deploy(1, target(bench, "one"), activate(Health.NONE)));
        var checked = "echo checked >> \"$NARLINK_STATE/checks\"";
        var waits = bench.deploy(2, target(bench, "two"), activate(health(checked), true, 3600));
        assertEquals(DeploymentState.AWAITING_REBOOT, waits.state());
        var early = bench.order(1, new Action.Confirm(2));
        assertEquals(Outcome.REFUSED, early.outcome(), early.text().utf8());
        // Meanwhile others are served, and the wall clock does what it likes.
        bench.clock.now = Instant.EPOCH;
        bench.restart();
        assertEquals(DeploymentState.AWAITING_REBOOT, bench.deployment(2).state());
        bench.clock.now = Instant.now().plusSeconds(1_000_000_000);
        bench.restart(() -> bench.machine.reboot(20_000));
        assertEquals(DeploymentState.AWAITING_CONFIRMATION, bench.deployment(2).state());
        assertEquals(2, Files.readAllLines(directory.resolve("flight/checks")).size());
        bench.clock.now = Instant.EPOCH.minusSeconds(5);
        assertEquals(Outcome.DONE, bench.order(2, new Action.Confirm(2)).outcome());
        confirmed(bench.deployment(2));
        assertEquals(Optional.of("default-2-link"), bench.current());
    }

    @Test
    void whatNobodyConfirmsGoesBackAfterItsUptime() throws Exception {
        var bench = bench();
        confirmed(bench.deploy(1, target(bench, "one"), activate(Health.NONE)));
        var waits = bench.deploy(2, target(bench, "two"), activate(Health.NONE, false, 600));
        assertEquals(DeploymentState.AWAITING_CONFIRMATION, waits.state());
        assertEquals(
                Optional.of(DeploymentState.AWAITING_CONFIRMATION),
                bench.settled().profiles().getFirst().activation());
        bench.clock.now = Instant.now().plusSeconds(400_000); // No uptime.
        assertEquals(DeploymentState.AWAITING_CONFIRMATION, bench.deployment(2).state());
        bench.machine.uptime += 300_000;
        bench.restart();
        bench.restart(() -> bench.machine.reboot(290_000));
        assertEquals(DeploymentState.AWAITING_CONFIRMATION, bench.deployment(2).state());
        bench.restart(() -> bench.machine.uptime = 301_000);
        assertEquals(DeploymentState.ROLLED_BACK, bench.deployment(2).state());
        assertEquals(List.of("1 activation one", "2 activation two", "1 rollback one"), trace());
    }

    @Test
    void whatLostItsJournalDoesNotStay() throws Exception {
        var bench = bench();
        confirmed(bench.deploy(1, target(bench, "one"), activate(Health.NONE)));
        bench.deploy(2, target(bench, "two"), activate(Health.NONE, false, 600));
        assertEquals(Optional.of("default-2-link"), bench.current());
        Files.writeString(directory.resolve("flight/profiles/runs/default"), "stage=AWAITING_\\u00");
        bench.restart();
        assertEquals(DeploymentState.ROLLED_BACK, bench.deployment(2).state());
        assertEquals(Optional.of("default-1-link"), bench.current());
        assertEquals(List.of("1 activation one", "2 activation two", "1 rollback one"), trace());
    }

    @Test
    void aNewerDeploymentTakesThePlaceOfOneThatWaits() throws Exception {
        var bench = bench();
        confirmed(bench.deploy(1, target(bench, "one"), activate(Health.NONE)));
        bench.deploy(2, target(bench, "two"), activate(Health.NONE, true, 0));
        var sick = bench.deploy(3, target(bench, "three"), activate(health("false")));
        assertEquals(DeploymentState.ROLLED_BACK, sick.state());
        assertEquals(DeploymentState.SUPERSEDED, bench.deployment(2).state());
        assertEquals(Optional.of("default-1-link"), bench.current(), "not at what was never confirmed");
        var waits = bench.deploy(4, target(bench, "four"), activate(Health.NONE, false, 600));
        assertEquals(DeploymentState.AWAITING_CONFIRMATION, waits.state());
        assertEquals(Outcome.DONE, bench.order(1, new Action.Cancel(4)).outcome());
        assertEquals(DeploymentState.ROLLED_BACK, bench.deployment(4).state());
        assertEquals(Optional.of("default-1-link"), bench.current());
    }

    @Test
    void aRollbackThatFailsIsShoutedUntilACommandEndsIt() throws Exception {
        var bench = bench();
        var fails = command("test ! -e \"$NARLINK_STATE/broken\"");
        confirmed(bench.deploy(1, target(bench, "one"), fails));
        Files.createFile(directory.resolve("flight/broken"));
        var told = bench.deploy(2, target(bench, "two"), fails);
        assertEquals(DeploymentState.ROLLBACK_FAILED, told.state(), told.reason());
        assertEquals(Optional.of("default-1-link"), bench.current());
        bench.restart();
        assertEquals(DeploymentState.ROLLBACK_FAILED, bench.deployment(2).state());
        var next = bench.deploy(3, target(bench, "three"), Activation.NONE);
        assertEquals(DeploymentState.STORED, next.state());
        assertTrue(next.reason().contains("could not be rolled back"), next.reason());
        var again = bench.order(1, new Action.RollBack("default", 0));
        assertEquals(Outcome.FAILED, again.outcome());
        assertEquals(DeploymentState.ROLLBACK_FAILED, bench.deployment(2).state());
        Files.delete(directory.resolve("flight/broken"));
        assertEquals(
                Outcome.DONE, bench.order(2, new Action.RollBack("default", 0)).outcome());
        assertEquals(DeploymentState.ROLLED_BACK, bench.deployment(2).state());
        confirmed(bench.deployment(3));
    }

    @Test
    void whatHasBegunStaysBegunWhateverRotsOfIt() throws Exception {
        var bench = bench();
        var now = bench.clock.now;
        var fails = command("test ! -e \"$NARLINK_STATE/broken\"");
        confirmed(bench.deploy(1, target(bench, "one"), fails));
        Files.createFile(directory.resolve("flight/broken"));
        bench.deploy(2, target(bench, "two"), fails);
        for (var rotten : List.of("status", "manifest-00000.block")) {
            bench.restart(() -> {
                rot("flight/deployments/2/" + rotten);
                bench.clock.now = Instant.ofEpochSecond(9_000_000_000L);
            });
            assertEquals(DeploymentState.ROLLBACK_FAILED, bench.deployment(2).state(), rotten);
            bench.machine.uptime += 86_400_000; // Long after it has expired.
            assertEquals(DeploymentState.ROLLBACK_FAILED, bench.deployment(2).state(), rotten);
        }
        bench.clock.now = now;
        assertEquals(Outcome.DONE, bench.order(1, new Action.Cancel(2)).outcome());
        assertEquals(DeploymentState.FAILED, bench.deployment(2).state());
    }

    private void rot(String file) {
        var path = directory.resolve(file);
        try {
            byte[] bytes = Files.readAllBytes(path);
            bytes[bytes.length / 2] ^= 8;
            Files.write(path, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void commandsAreCarriedOutOnceAndAnswered() throws Exception {
        var bench = bench();
        for (int i = 1; i <= 4; i++) confirmed(bench.deploy(i, target(bench, "t" + i), activate(Health.NONE)));
        var back = bench.order(3, new Action.RollBack("default", 0));
        assertEquals(Outcome.DONE, back.outcome(), back.text().utf8());
        assertEquals(Optional.of("default-3-link"), bench.current());
        int before = trace().size();
        // Replayed, reordered, from before.
        for (int i = 0; i < 5; i++) bench.hear(Bench.command(3, new Action.RollBack("default", 0)));
        bench.hear(Bench.command(2, new Action.Activate("default", 1)));
        bench.settled();
        bench.restart();
        bench.hear(Bench.command(3, new Action.RollBack("default", 0)));
        bench.settled();
        assertEquals(before, trace().size());
        assertEquals(Optional.of("default-3-link"), bench.current());
        assertEquals(
                Outcome.DONE, bench.order(4, new Action.Activate("default", 1)).outcome());
        assertEquals(Optional.of("default-1-link"), bench.current());
        assertEquals(
                Outcome.REFUSED,
                bench.order(5, new Action.Activate("default", 77)).outcome());
        assertEquals(Outcome.REFUSED, bench.order(6, new Action.Cancel(4)).outcome());
        assertEquals(
                Outcome.FAILED,
                bench.order(7, new Action.Activate("../../etc", 1)).outcome());
        assertEquals(
                Outcome.DONE, bench.order(8, new Action.Retain("default", 1)).outcome());
        var links = bench.profiles().toFile().list();
        assertEquals(3, links == null ? 0 : links.length, "the profile, the newest generation, the confirmed one");
        var log = bench.order(9, new Action.FetchLog(4, 1));
        assertEquals("== activation: exit status 0", log.text().utf8());
        assertEquals(log.text().size() + 1, log.logSize());
        assertEquals(4, bench.settled().results().size());
        assertEquals(9, bench.settled().command());
        bench.restart();
        assertEquals(log, bench.settled().results().getFirst());
    }

    @Test
    void wherverTheReceiverIsKilledItGoesOnOrGoesBack() throws Exception {
        var bench = bench();
        var one = target(bench, "one");
        confirmed(bench.deploy(1, one, activate(Health.NONE)));
        bench.close();
        opened = Optional.empty();
        int kills = 0;
        int number = 2;
        for (var stage : List.of("ACTIVATING", "CHECKING", "ROLLING_BACK", "AWAITING_CONFIRMATION")) {
            boolean sick = stage.equals("ROLLING_BACK");
            var activation = new Activation(
                    new Program.Command("sleep 0.3; exec \"$NARLINK_TARGET/activate\""),
                    60,
                    health("sleep 0.3; " + (sick ? "false" : "true")),
                    false,
                    stage.startsWith("AWAITING") ? 100_000 : 0);
            var pass = directory.resolve("pass-" + number);
            Files.write(pass, Bench.stream(Bench.segments(number, target(bench, "kill-" + number), activation)));
            // A third start in the same step would be its last.
            for (int kill = 0; kill < (stage.equals("ACTIVATING") ? 2 : 1); kill++, kills++)
                killAt(pass, stage, bench.storeUrl());
            run(pass, bench.storeUrl()).waitFor();
            try (var after = new Bench(directory)) {
                var state = after.deployment(number).state();
                var expected = sick
                        ? DeploymentState.ROLLED_BACK
                        : stage.startsWith("AWAITING")
                                ? DeploymentState.AWAITING_CONFIRMATION
                                : DeploymentState.CONFIRMED;
                assertEquals(
                        expected, state, stage + ": " + after.deployment(number).reason());
                var link = "default-" + (sick ? number - 1 : number) + "-link";
                assertEquals(Optional.of(link), after.current(), stage);
            }
            number++;
        }
        assertEquals(5, kills);
    }

    private void killAt(Path pass, String stage, String store) throws IOException, InterruptedException {
        var process = run(pass, store);
        var journal = directory.resolve("flight/profiles/runs/default");
        while (process.isAlive()) {
            try {
                if (Files.readString(journal).contains("stage=" + stage)) process.destroyForcibly();
            } catch (IOException e) {
                Thread.sleep(2); // Not there yet, or just replaced.
            }
        }
        process.waitFor(10, TimeUnit.SECONDS);
    }

    private Process run(Path pass, String store) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home", ""), "bin", "java")
                                .toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path", ""),
                        "narlink.flight.Main",
                        "receive",
                        pass.toString(),
                        "--state",
                        directory.resolve("flight").toString(),
                        "--store",
                        store)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("out").toFile())
                .start();
    }
}
