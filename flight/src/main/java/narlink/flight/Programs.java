package narlink.flight;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import narlink.Bytes;

/// Runs the programs of activations and health checks.
public interface Programs {
    /// How a program ended.
    ///
    /// @param exitStatus 128 and the signal's number where one killed it
    /// @param timeUp whether it was killed because its time was up
    record Result(int exitStatus, boolean timeUp, Bytes output) {
        public boolean succeeded() {
            return exitStatus == 0 && !timeUp;
        }
    }

    /// Waits for the end of a shell script. When its time is up, or this thread is interrupted, it is killed with all
    /// that it started.
    ///
    /// @throws IOException if it cannot be started
    Result run(String script, Map<String, String> environment, Path directory, long limitMillis)
            throws IOException, InterruptedException;

    /// Kills everything that has these variables: what an interrupted receiver left.
    void sweep(Map<String, String> environment);

    /// By this machine's shell.
    static Programs real() {
        return new Programs() {
            @Override
            public Result run(String script, Map<String, String> environment, Path directory, long limitMillis)
                    throws IOException, InterruptedException {
                return Shell.run(script, environment, directory, limitMillis);
            }

            @Override
            public void sweep(Map<String, String> environment) {
                Shell.sweep(environment);
            }
        };
    }
}
