package narlink.flight;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import narlink.Bytes;

/// What programs printed, by deployment, and the receiver's own log. All of it is bounded.
final class Logs {
    private static final System.Logger LOG = System.getLogger(Logs.class.getName());

    /// Of one deployment, in bytes: the newest.
    private static final int MAX_BYTES = 64 * 1024;
    /// Deployments whose output is kept.
    private static final int MAX_LOGS = 16;

    private final Disk disk;
    private final Path directory;

    Logs(Disk disk, Path directory) throws IOException {
        this.disk = disk;
        this.directory = directory;
        disk.makeDirectory(directory);
    }

    /// Where the receiver's own log is written.
    static Path receiver(Path directory) {
        return directory.resolve("receiver.log");
    }

    /// Adds what a command printed. A log that cannot be written changes nothing else.
    void append(int deployment, String step, Programs.Result result) {
        try {
            var out = new ByteArrayOutputStream();
            out.writeBytes(contents(file(deployment)).toArray());
            out.writeBytes("== %s: %s%n"
                    .formatted(step, result.timeUp() ? "killed, its time was up" : "exit status " + result.exitStatus())
                    .getBytes(StandardCharsets.UTF_8));
            out.writeBytes(result.output().toArray());
            if (result.output().size() > 0 && result.output().at(result.output().size() - 1) != '\n') out.write('\n');
            byte[] all = out.toByteArray();
            int from = Math.max(0, all.length - MAX_BYTES);
            disk.replace(
                    file(deployment), Bytes.of(all, from, all.length - from).toArray());
            forgetOld();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "log of deployment " + deployment, e);
        }
    }

    /// The log of a deployment's activation, or the receiver's own for 0.
    Bytes read(int deployment) throws IOException {
        return contents(deployment == 0 ? receiver(directory) : file(deployment));
    }

    private Bytes contents(Path file) throws IOException {
        byte[] all = disk.read(file).orElse(new byte[0]);
        int from = Math.max(0, all.length - MAX_BYTES);
        return Bytes.of(all, from, all.length - from);
    }

    private void forgetOld() throws IOException {
        var old = disk.list(directory).stream()
                .filter(name -> name.matches("[1-9][0-9]{0,9}"))
                .sorted(Comparator.comparing(Long::valueOf, Comparator.reverseOrder()))
                .skip(MAX_LOGS)
                .toList();
        for (var name : old) disk.unlink(directory.resolve(name));
    }

    private Path file(int deployment) {
        return directory.resolve(deployment == 0 ? "commands" : Integer.toString(deployment));
    }
}
