package narlink.ground.cli;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import narlink.ground.Deployment;
import org.jspecify.annotations.Nullable;

/// Runs the operator's command on changes, one after the other, away from the links: a command that hangs keeps no pass
/// waiting, and is killed after a minute.
final class ChangeHook implements Closeable {
    private static final int MOST_WAITING = 1000;
    private static final int SECONDS = 60;

    private final @Nullable String command;
    private final ThreadPoolExecutor runner = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            Thread.ofPlatform().daemon().name("on-change").factory(),
            (task, full) -> System.err.println("narlink: --on-change is too slow; a change was not told to it"));

    ChangeHook(@Nullable String command) {
        this.command = command;
    }

    void changed(Deployment deployment) {
        var hook = command;
        if (hook != null) runner.execute(() -> run(hook, deployment));
    }

    private static void run(String hook, Deployment deployment) {
        var builder = new ProcessBuilder("sh", "-c", hook)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        var environment = builder.environment();
        environment.put("NARLINK_SATELLITE", deployment.satellite().value());
        environment.put("NARLINK_DEPLOYMENT", Integer.toString(deployment.number()));
        environment.put("NARLINK_STATE_NOW", deployment.progress().state().name());
        environment.put("NARLINK_REASON", deployment.progress().reason());
        try {
            var process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                System.err.println("narlink: --on-change took more than " + SECONDS + " s and was killed");
            } else if (process.exitValue() != 0) {
                System.err.println("narlink: --on-change exited with " + process.exitValue());
            }
        } catch (IOException e) {
            System.err.println("narlink: --on-change: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // The server stops.
        }
    }

    /// Lets the commands that wait run a little longer.
    @Override
    public void close() {
        runner.shutdown();
        try {
            if (!runner.awaitTermination(5, TimeUnit.SECONDS)) runner.shutdownNow();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
