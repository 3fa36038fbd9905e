package narlink.flight;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import narlink.Bytes;
import narlink.nix.Store;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.Manifest;
import narlink.pack.ProfileName;
import narlink.wire.DeploymentState;
import narlink.wire.Report;

/// Sets the profile and runs what the deployment wants run. Where that fails, the profile goes back to the generation
/// that was confirmed last. All of it can be done again after a cut.
final class Activator {
    private final Store store;
    private final Disk disk;
    private final Path confirmed;
    private final Profiles profiles;

    /// @param confirmed directory in which the last confirmed generation of each profile is written down
    Activator(Store store, Disk disk, Path confirmed) {
        this.store = store;
        this.disk = disk;
        this.confirmed = confirmed;
        this.profiles = new Profiles(store.profiles());
    }

    Input.Activated run(int deployment, Manifest manifest, List<StorePath> targets) throws IOException {
        if (manifest.profile().isEmpty()) {
            return new Input.Activated(DeploymentState.CONFIRMED, "", -1, Bytes.EMPTY);
        }
        var name = manifest.profile().get();
        int generation = profiles.generation(name, targets.getFirst());
        for (var target : targets.subList(1, targets.size())) {
            store.root("profiles/" + name + "/" + generation + "/" + target.baseName(), target);
        }
        profiles.activate(name, generation);
        return switch (manifest.activation()) {
            case Activation.None none -> confirm(name, generation, -1, Bytes.EMPTY);
            case Activation.Command command -> {
                var result = execute(command, deployment, name, generation, targets.getFirst());
                yield result.exitStatus() == 0 ? confirm(name, generation, 0, result.tail()) : rollBack(name, result);
            }
        };
    }

    /// The profiles with their current generations.
    List<Report.ProfileReport> report() throws IOException {
        var reports = new java.util.ArrayList<Report.ProfileReport>();
        for (var profile : profiles.all()) {
            reports.add(new Report.ProfileReport(
                    profile.name().value(),
                    profile.generation(),
                    Bytes.of(profile.path().digestBytes()),
                    confirmed(profile.name())
                            .filter(g -> g == profile.generation())
                            .isPresent()));
        }
        return reports;
    }

    private Input.Activated confirm(ProfileName name, int generation, int exitStatus, Bytes tail) throws IOException {
        disk.makeDirectory(confirmed);
        disk.replace(
                confirmed.resolve(name.value()), Integer.toString(generation).getBytes(StandardCharsets.US_ASCII));
        return new Input.Activated(DeploymentState.CONFIRMED, "", exitStatus, tail);
    }

    private Input.Activated rollBack(ProfileName name, Result result) throws IOException {
        var last = confirmed(name);
        if (last.isPresent()) profiles.activate(name, last.get());
        else profiles.deactivate(name);
        var reason = result.reason() + "; the profile "
                + last.map(generation -> "is back at generation " + generation)
                        .orElse("had no generation before and is unset");
        return new Input.Activated(DeploymentState.ROLLED_BACK, reason, result.exitStatus(), result.tail());
    }

    private Optional<Integer> confirmed(ProfileName name) throws IOException {
        return disk.read(confirmed.resolve(name.value()))
                .map(bytes -> new String(bytes, StandardCharsets.US_ASCII).trim())
                .filter(text -> text.matches("[0-9]{1,9}")) // Else it was damaged on the disk.
                .map(Integer::parseInt);
    }

    /// @param exitStatus 128 + SIGKILL where the time was up
    private record Result(int exitStatus, String reason, Bytes tail) {}

    private Result execute(
            Activation.Command command, int deployment, ProfileName name, int generation, StorePath target)
            throws IOException {
        var builder = new ProcessBuilder("/bin/sh", "-c", command.command()).redirectErrorStream(true);
        builder.redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        var environment = builder.environment();
        environment.put("NARLINK_PROFILE", profiles.link(name).toString());
        environment.put(
                "NARLINK_TARGET", store.physical(target).map(Path::toString).orElse(target.toString()));
        environment.put("NARLINK_GENERATION", Integer.toString(generation));
        environment.put("NARLINK_DEPLOYMENT", Integer.toString(deployment));
        var process = builder.start();
        var tail = new Tail(Report.MAX_TEXT);
        var reader = Thread.ofVirtual().start(() -> tail.drain(process.getInputStream()));
        try {
            int seconds = command.timeLimitSeconds();
            boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
            // A background child may hold the output open for ever: what came by now is the tail.
            reader.join(1_000);
            int status = process.exitValue();
            return new Result(
                    status,
                    ended
                            ? "activation ended with exit status " + status
                            : "activation took more than " + seconds + " s",
                    tail.bytes());
        } catch (InterruptedException e) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the activation ran", e);
        }
    }
}
