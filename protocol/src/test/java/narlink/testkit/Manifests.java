package narlink.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.StorePath;
import narlink.pack.Activation;
import narlink.pack.Activation.Program;
import narlink.pack.Health;
import narlink.pack.Manifest;
import narlink.pack.ProfileName;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/// Arbitrary manifests that are consistent in themselves.
public final class Manifests {
    private Manifests() {}

    public static Arbitrary<Manifest> manifests() {
        return Combinators.combine(
                        Arbitraries.longs(),
                        Arbitraries.integers().between(0, 40),
                        Arbitraries.integers().between(0, 40),
                        Arbitraries.integers().between(Manifest.MIN_KNOWN_PREFIX, 20),
                        activations())
                .as(Manifests::manifest);
    }

    /// Every kind, numbers at and within their limits.
    public static Arbitrary<Activation> activations() {
        return Combinators.combine(
                        programs(),
                        Arbitraries.integers().between(1, Activation.MAX_SECONDS),
                        healths(),
                        Arbitraries.of(true, false),
                        Arbitraries.integers().between(0, Activation.MAX_CONFIRM_SECONDS))
                .as(Activation::new);
    }

    private static Arbitrary<Program> programs() {
        return Arbitraries.oneOf(List.of(
                Arbitraries.of(
                        new Program.None(), new Program.DeployRs(), new Program.SystemManager(), new Program.Nixos()),
                Arbitraries.strings()
                        .ofMaxLength(Program.Command.MAX_LENGTH - 1)
                        .map(text -> new Program.Command("x" + text)),
                Arbitraries.strings()
                        .withChars("abz_-09")
                        .ofMaxLength(31)
                        .map(name -> new Program.HomeManager("u" + name))));
    }

    private static Arbitrary<Health> healths() {
        return Combinators.combine(
                        Arbitraries.strings()
                                .ofMaxLength(Health.MAX_LENGTH - 1)
                                .map(text -> "x" + text)
                                .list()
                                .ofMaxSize(Health.MAX_COMMANDS),
                        Arbitraries.integers().between(1, Health.MAX_TIMES),
                        Arbitraries.integers().between(1, Health.MAX_INTERVAL),
                        Arbitraries.integers().between(1, Health.MAX_INTERVAL))
                .as((commands, times, interval, limit) -> new Health(
                        commands,
                        Math.min(times, Activation.MAX_SECONDS / interval),
                        Activation.MAX_SECONDS,
                        interval,
                        limit));
    }

    private static Manifest manifest(long seed, int objects, int known, int prefix, Activation activation) {
        var random = new SplittableRandom(seed);
        int wanted = objects == 0 ? Math.max(1, known) : known;
        var prefixes = new TreeSet<Bytes>();
        while (prefixes.size() < wanted) prefixes.add(bytes(random, prefix));
        var entries = new ArrayList<Manifest.Entry>();
        for (int i = 0; i < objects; i++) {
            var references = new TreeSet<Integer>();
            for (int j = random.nextInt(6); j > 0; j--) references.add(random.nextInt(wanted + i + 1));
            entries.add(new Manifest.Entry(
                    StorePath.of(bytes(random, 20).toArray(), "package-" + random.nextInt(1000) + "." + i),
                    1 + random.nextLong(Manifest.MAX_NAR_SIZE),
                    bytes(random, Manifest.CHECK),
                    List.copyOf(references),
                    random.nextInt(5) == 0 ? Optional.of("fixed:r:sha256:abc") : Optional.empty(),
                    wanted + i > 0 && random.nextBoolean() ? List.of(random.nextInt(wanted + i)) : List.of()));
        }
        var hashes = new ArrayList<Sha256>();
        for (int i = random.nextInt(5); i > 0; i--) hashes.add(new Sha256(bytes(random, 32)));
        return new Manifest(
                random.nextInt(1, 5),
                entries,
                List.copyOf(prefixes),
                new Sha256(bytes(random, 32)),
                hashes,
                List.of(random.nextInt(wanted + objects)),
                random.nextBoolean() ? Optional.of(new ProfileName("system")) : Optional.empty(),
                activation,
                random.nextLong(1 << 20));
    }

    private static Bytes bytes(SplittableRandom random, int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return Bytes.of(bytes);
    }
}
