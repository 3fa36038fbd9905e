package narlink.flight;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import narlink.Bytes;
import narlink.pack.Activation;
import narlink.pack.ActivationFormat;
import narlink.pack.MalformedManifestException;
import narlink.pack.ProfileName;

/// What the receiver remembers of its profiles, beside Nix's links:
///
///     runs/NAME            the activation under way, or the last rollback that failed
///     confirmed/NAME       the generation that was confirmed last, and by which deployment
///     failed/NAME          generations that were rolled back since
///     retention/NAME       how many generations are kept
///     generations/NAME-N   how generation N is activated
///
/// Each file is replaced as a whole. A damaged one counts as absent.
final class Journal {
    private static final System.Logger LOG = System.getLogger(Journal.class.getName());

    private final Disk disk;
    private final Path directory;

    Journal(Disk disk, Path directory) throws IOException {
        this.disk = disk;
        this.directory = directory;
        for (var part : List.of("runs", "confirmed", "failed", "retention", "generations")) {
            disk.makeDirectory(directory.resolve(part));
        }
    }

    /// @param deployment that brought it, 0 where a command chose it
    record Confirmed(int generation, int deployment) {}

    void save(ActivationRun run) throws IOException {
        var order = run.order();
        var properties = new Properties();
        properties.setProperty("deployment", Integer.toString(order.deployment()));
        properties.setProperty("command", Integer.toString(order.command()));
        properties.setProperty("generation", Integer.toString(order.generation()));
        properties.setProperty("activation", HexFormat.of().formatHex(ActivationFormat.write(order.activation())));
        properties.setProperty("before", Integer.toString(order.before().orElse(0)));
        properties.setProperty("aim", order.aim().name());
        properties.setProperty("stage", run.stage().name());
        properties.setProperty("starts", Integer.toString(run.starts()));
        properties.setProperty("reason", run.reason());
        properties.setProperty("exitStatus", Integer.toString(run.exitStatus()));
        properties.setProperty("tail", run.tail().hex());
        properties.setProperty("bootId", run.spent().bootId());
        properties.setProperty("uptime", Long.toString(run.spent().uptime()));
        properties.setProperty("waited", Long.toString(run.spent().waited()));
        properties.setProperty("rebooted", Boolean.toString(run.spent().rebooted()));
        var text = new StringWriter();
        properties.store(text, null);
        disk.replace(
                directory.resolve("runs").resolve(order.profile().value()),
                text.toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    /// All runs that have not been [#forget]-ed.
    List<ActivationRun> runs() throws IOException {
        var runs = new ArrayList<ActivationRun>();
        for (var name : names("runs")) {
            try {
                run(name).ifPresent(runs::add);
            } catch (IllegalArgumentException | MalformedManifestException e) {
                LOG.log(System.Logger.Level.ERROR, "damaged journal of profile " + name, e);
            }
        }
        return runs;
    }

    private Optional<ActivationRun> run(ProfileName name) throws IOException, MalformedManifestException {
        var bytes = disk.read(directory.resolve("runs").resolve(name.value()));
        if (bytes.isEmpty()) return Optional.empty();
        var in = new Properties();
        in.load(new StringReader(new String(bytes.get(), StandardCharsets.ISO_8859_1)));
        int before = Integer.parseInt(in.getProperty("before", ""));
        long waited = Long.parseLong(in.getProperty("waited", ""));
        return Optional.of(new ActivationRun(
                new ActivationRun.Order(
                        Integer.parseInt(in.getProperty("deployment", "")),
                        Integer.parseInt(in.getProperty("command", "")),
                        name,
                        Integer.parseInt(in.getProperty("generation", "")),
                        ActivationFormat.read(HexFormat.of().parseHex(in.getProperty("activation", ""))),
                        before == 0 ? Optional.empty() : Optional.of(before),
                        ActivationRun.Aim.valueOf(in.getProperty("aim", ""))),
                ActivationRun.Stage.valueOf(in.getProperty("stage", "")),
                Integer.parseInt(in.getProperty("starts", "")),
                in.getProperty("reason", ""),
                Integer.parseInt(in.getProperty("exitStatus", "")),
                Bytes.ofHex(in.getProperty("tail", "")),
                new ActivationRun.Wait(
                        in.getProperty("bootId", ""),
                        Long.parseLong(in.getProperty("uptime", "")),
                        waited,
                        waited,
                        Boolean.parseBoolean(in.getProperty("rebooted", "")))));
    }

    void forget(ProfileName name) throws IOException {
        disk.unlink(directory.resolve("runs").resolve(name.value()));
    }

    Optional<Confirmed> confirmed(ProfileName name) throws IOException {
        var numbers = numbers("confirmed", name.value());
        return numbers.isEmpty()
                ? Optional.empty()
                : Optional.of(new Confirmed(numbers.getFirst(), numbers.size() > 1 ? numbers.get(1) : 0));
    }

    void confirm(ProfileName name, Confirmed confirmed) throws IOException {
        save("confirmed", name.value(), List.of(confirmed.generation(), confirmed.deployment()));
    }

    List<Integer> failed(ProfileName name) throws IOException {
        return numbers("failed", name.value());
    }

    void fail(ProfileName name, List<Integer> generations) throws IOException {
        save("failed", name.value(), generations);
    }

    /// How many generations are to be kept, if that was ever ordered.
    Optional<Integer> retention(ProfileName name) throws IOException {
        return numbers("retention", name.value()).stream().findFirst();
    }

    void retain(ProfileName name, int keep) throws IOException {
        save("retention", name.value(), List.of(keep));
    }

    /// How a generation is activated. One that narlink did not make is only pointed at.
    Activation activation(ProfileName name, int generation) throws IOException {
        var bytes = disk.read(generation(name, generation));
        if (bytes.isEmpty()) return Activation.NONE;
        try {
            return ActivationFormat.read(bytes.get());
        } catch (MalformedManifestException e) {
            throw new IOException("how generation " + generation + " of " + name + " is activated was damaged", e);
        }
    }

    void activation(ProfileName name, int generation, Activation activation) throws IOException {
        disk.replace(generation(name, generation), ActivationFormat.write(activation));
    }

    void forget(ProfileName name, int generation) throws IOException {
        disk.unlink(generation(name, generation));
    }

    private Path generation(ProfileName name, int generation) {
        return directory.resolve("generations").resolve(name + "-" + generation);
    }

    private List<ProfileName> names(String part) throws IOException {
        return disk.list(directory.resolve(part)).stream()
                .filter(name -> !name.endsWith(".tmp") && ProfileName.isValid(name))
                .map(ProfileName::new)
                .toList();
    }

    private void save(String part, String name, List<Integer> numbers) throws IOException {
        var text = String.join(" ", numbers.stream().map(Object::toString).toList());
        disk.replace(directory.resolve(part).resolve(name), text.getBytes(StandardCharsets.US_ASCII));
    }

    private List<Integer> numbers(String part, String name) throws IOException {
        var text = disk.read(directory.resolve(part).resolve(name))
                .map(bytes ->
                        new String(bytes, StandardCharsets.US_ASCII).strip().toLowerCase(Locale.ROOT))
                .orElse("");
        if (!text.matches("[0-9]{1,9}( [0-9]{1,9})*")) return List.of(); // Absent, empty or damaged on the disk.
        return List.of(text.split(" ")).stream().map(Integer::parseInt).toList();
    }
}
