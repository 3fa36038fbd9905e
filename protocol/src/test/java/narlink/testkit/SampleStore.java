package narlink.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.Sha256;
import narlink.inventory.Descriptions;
import narlink.nix.PathInfo;
import narlink.nix.StorePath;

/// A made-up store that is like those of nixpkgs in what can be foretold of it, and no easier: packages of families,
/// with versions and outputs; references to what all need, to a few that are popular, to what the popular ones need
/// themselves, and to any; sizes over five powers of ten. Digest parts and hashes are those of a good generator.
public final class SampleStore {
    private static final String[] FAMILIES = {
        "python3.12-", "perl5.40.0-", "haskell-", "lua5.2-", "node-", "kf6-", "gst-", "texlive-", "font-", "rust-"
    };
    private static final String[] OUTPUTS = {"-dev", "-lib", "-man", "-bin", "-doc"};
    private static final String[] SUFFIXES = {"-source", ".tar.gz", "-hook", ".patch", "-wrapper"};
    private static final String CONSONANTS = "bcdfghjklmnprstvwxz";
    private static final String VOWELS = "aeiouy";

    private final SplittableRandom random;
    private final List<String> words = new ArrayList<>();
    private final List<PathInfo> made = new ArrayList<>();
    private final List<Integer> libraries = new ArrayList<>();

    public SampleStore(SplittableRandom random) {
        this.random = random;
        for (int i = 0; i < 400; i++) words.add(word());
    }

    /// In the order of [Descriptions].
    public List<PathInfo> paths(int count) {
        while (made.size() < count) add();
        var paths = new ArrayList<>(made.subList(0, count));
        paths.sort((a, b) -> Descriptions.ORDER.compare(a.path(), b.path()));
        return paths;
    }

    private void add() {
        var name = name();
        if (chance(0.1)) {
            add(name + SUFFIXES[random.nextInt(SUFFIXES.length)], new TreeSet<>());
            return;
        }
        var needs = needs();
        int first = made.size();
        add(name, needs);
        libraries.add(first);
        if (chance(0.65)) return;
        for (int i = 0; i < OUTPUTS.length; i++) {
            if (!chance(0.4)) continue;
            var references = new TreeSet<StorePath>();
            if (i == 0 || i == 1) {
                references.add(made.get(first).path());
                needs.stream().filter(need -> chance(0.6)).forEach(references::add);
            } else if (i == 3) references.addAll(needs);
            add(name + OUTPUTS[i], references);
        }
    }

    private void add(String name, TreeSet<StorePath> references) {
        byte[] digest = new byte[StorePath.DIGEST_BYTES];
        byte[] hash = new byte[Sha256.LENGTH];
        random.nextBytes(digest);
        random.nextBytes(hash);
        var path = StorePath.of(digest, name);
        if (!references.isEmpty() && chance(0.4)) references.add(path);
        long size = 8L * (long) Math.exp(3 + 11 * (random.nextDouble() + random.nextDouble()) / 2);
        made.add(new PathInfo(
                path, new Sha256(Bytes.of(hash)), size, references, Optional.empty(), List.of(), Optional.empty()));
    }

    private TreeSet<StorePath> needs() {
        var needs = new TreeSet<StorePath>();
        for (int i = 0; i < Math.min(4, libraries.size()); i++) {
            if (chance(0.8 - 0.17 * i)) needs.add(library(i));
        }
        for (int left = 1 + random.nextInt(5); left > 0 && !libraries.isEmpty(); left--) {
            boolean popular = chance(0.55);
            double at = popular ? Math.pow(random.nextDouble(), 3) : random.nextDouble();
            int library = libraries.get((int) (at * libraries.size()));
            needs.add(made.get(library).path());
            made.get(library).references().stream()
                    .filter(further -> chance(0.25))
                    .forEach(needs::add);
        }
        return needs;
    }

    private StorePath library(int index) {
        return made.get(libraries.get(index)).path();
    }

    private String name() {
        var name = new StringBuilder();
        if (chance(0.4)) name.append(FAMILIES[(int) (Math.pow(random.nextDouble(), 2) * FAMILIES.length)]);
        else if (chance(0.3)) name.append("lib");
        name.append(chance(0.5) ? word() : words.get(random.nextInt(words.size())));
        if (chance(0.4)) name.append('-').append(words.get((int) (Math.pow(random.nextDouble(), 2) * words.size())));
        if (chance(0.08)) return name + "-0-unstable-202%d-%02d-%02d".formatted(few(5), 1 + few(12), 1 + few(28));
        name.append('-').append(few(4)).append('.').append(skewed(40));
        if (chance(0.75)) name.append('.').append(skewed(25));
        return name.toString();
    }

    private String word() {
        var word = new StringBuilder();
        for (int syllables = 1 + random.nextInt(3); syllables > 0; syllables--) {
            word.append(CONSONANTS.charAt((int) (CONSONANTS.length() * Math.pow(random.nextDouble(), 1.5))));
            word.append(VOWELS.charAt((int) (VOWELS.length() * Math.pow(random.nextDouble(), 1.5))));
            if (chance(0.3)) word.append("nrsltk".charAt(random.nextInt(6)));
        }
        return word.toString();
    }

    private int few(int bound) {
        return random.nextInt(bound);
    }

    private int skewed(int bound) {
        return (int) (bound * Math.pow(random.nextDouble(), 2));
    }

    private boolean chance(double probability) {
        return random.nextDouble() < probability;
    }
}
