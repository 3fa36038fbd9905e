package narlink.flight;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Runs shell commands, each in a session of its own, so that all that it started can be ended with it.
final class Shell {
    private static final System.Logger LOG = System.getLogger(Shell.class.getName());

    /// What of the output is kept.
    static final int TAIL = 16 * 1024;

    /// Rounds in which a session is killed: a process may have started another meanwhile.
    private static final int KILLS = 10;

    private static final boolean HAS_SETSID =
            List.of("/usr/bin/setsid", "/bin/setsid").stream().anyMatch(file -> Files.isExecutable(Path.of(file)));

    private Shell() {}

    /// Waits for the command's end. When its time is up, or this thread is interrupted, its whole session is killed.
    ///
    /// @throws IOException if it cannot be started
    static Programs.Result run(String script, Map<String, String> environment, Path directory, long limitMillis)
            throws IOException, InterruptedException {
        var words = new ArrayList<String>();
        if (HAS_SETSID) words.add("setsid"); // Replaces itself: its process id is the session's.
        words.addAll(List.of("/bin/sh", "-c", script));
        var builder = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .directory(directory.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.environment().putAll(environment);
        var process = builder.start();
        var tail = new Tail(TAIL);
        var reader = Thread.ofVirtual().start(() -> tail.drain(process.getInputStream()));
        boolean ended = false;
        try {
            ended = process.waitFor(limitMillis, TimeUnit.MILLISECONDS);
        } finally {
            if (!ended) kill(process);
        }
        process.waitFor();
        // A child in the background may hold the output open for ever: what came by now is what there is.
        reader.join(1_000);
        return new Programs.Result(process.exitValue(), !ended, tail.bytes());
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        for (int i = 0; i < KILLS && killSession(process.pid()); i++) {}
        process.destroyForcibly();
    }

    /// Kills what is left in a session.
    ///
    /// @return whether anything was
    private static boolean killSession(long session) {
        boolean any = false;
        for (var process : ProcessHandle.allProcesses().toList()) {
            if (session(process.pid()) != session || isZombie(process.pid())) continue;
            any = true;
            process.destroyForcibly();
        }
        return any;
    }

    /// Kills all processes that have these variables, whatever session they are in: what an interrupted receiver left.
    static void sweep(Map<String, String> environment) {
        var marks = environment.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toList();
        for (int i = 0; i < KILLS; i++) {
            boolean any = false;
            for (var process : ProcessHandle.allProcesses().toList()) {
                if (process.pid() == ProcessHandle.current().pid()) continue;
                if (!List.of(text(process.pid(), "environ").split("\0")).containsAll(marks)) continue;
                if (isZombie(process.pid())) continue;
                LOG.log(System.Logger.Level.INFO, "process {0} is left of before; killed", process.pid());
                any = true;
                process.destroyForcibly();
            }
            if (!any) return;
        }
    }

    private static long session(long pid) {
        var fields = fields(pid);
        return fields.length > 3 && fields[3].matches("[0-9]+") ? Long.parseLong(fields[3]) : -1;
    }

    private static boolean isZombie(long pid) {
        var fields = fields(pid);
        return fields.length > 0 && fields[0].equals("Z");
    }

    /// Fields of `/proc/PID/stat` behind the name, which may hold anything: state, parent, group, session, …
    private static String[] fields(long pid) {
        var stat = text(pid, "stat");
        return stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
    }

    private static String text(long pid, String file) {
        try {
            return new String(
                    Files.readAllBytes(Path.of("/proc", Long.toString(pid), file)), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // Gone, or another's.
        }
    }
}
