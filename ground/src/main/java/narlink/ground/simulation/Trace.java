package narlink.ground.simulation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import narlink.Sha256;

/// Everything that happens, as one hash: equal hashes mean that two runs were the same. And the faults, counted.
final class Trace {
    private final World world;
    private final Lines lines;
    private final MessageDigest digest = Sha256.digest();
    private final Map<Fault, Long> faults = new EnumMap<>(Fault.class);
    private long events;

    /// Who hears all of it, if somebody does.
    record Lines(Optional<Consumer<String>> told) {
        void accept(String line) {
            told.ifPresent(listener -> listener.accept(line));
        }
    }

    Trace(World world, Lines lines) {
        this.world = world;
        this.lines = lines;
    }

    /// Something that happened, of which these numbers tell all.
    void event(String what, long... numbers) {
        note(what);
        var bytes = ByteBuffer.allocate(8 * numbers.length);
        for (long number : numbers) bytes.putLong(number);
        digest.update(bytes.array());
        if (lines.told().isPresent()) tell(what, numbers);
    }

    void event(String what, String text) {
        note(what);
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        if (lines.told().isPresent()) lines.accept(time() + " " + what + " " + text);
    }

    void fault(Fault fault) {
        fault(fault, "");
    }

    void fault(Fault fault, String text) {
        faults.merge(fault, 1L, Long::sum);
        event(fault.name(), text);
    }

    private void note(String what) {
        events++;
        digest.update(ByteBuffer.allocate(8).putLong(world.nanos()).array());
        digest.update(what.getBytes(StandardCharsets.UTF_8));
    }

    private void tell(String what, long[] numbers) {
        var line = new StringBuilder(time()).append(' ').append(what);
        for (long number : numbers) line.append(' ').append(number);
        lines.accept(line.toString());
    }

    private String time() {
        Instant now = world.now();
        return now.toString();
    }

    Map<Fault, Long> faults() {
        return faults;
    }

    long events() {
        return events;
    }

    /// Ends it.
    Sha256 hash() {
        return Sha256.finish(digest);
    }
}
