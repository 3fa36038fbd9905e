package narlink.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import narlink.nix.PublicKey;

/// How a store is opened.
///
/// @param own a directory of ours for `gcroots` and `profiles` where the store's own can't be written: as an ordinary
///     user of a Nix daemon
/// @param settings Nix settings, as by `--option`
/// @param trustedKeys the keys that imports must be signed by; empty: Nix's configuration decides, and a binary cache
///     takes everything
public record Options(Path own, SortedMap<String, String> settings, List<PublicKey> trustedKeys) {
    public Options {
        settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
        trustedKeys = List.copyOf(trustedKeys);
    }

    public static Options of(Path own) {
        return new Options(own, new TreeMap<>(), List.of());
    }

    public Options with(String setting, String value) {
        var more = new TreeMap<>(settings);
        more.put(setting, value);
        return new Options(own, more, trustedKeys);
    }

    public Options trusting(Collection<PublicKey> keys) {
        var more = new ArrayList<>(trustedKeys);
        more.addAll(keys);
        return new Options(own, settings, more);
    }

    /// The settings that Nix gets: these, and the trusted keys where there are any.
    SortedMap<String, String> nixSettings() {
        if (trustedKeys.isEmpty()) {
            return settings;
        }
        var all = new TreeMap<>(settings);
        all.put(
                "trusted-public-keys",
                String.join(" ", trustedKeys.stream().map(PublicKey::text).toList()));
        return all;
    }
}
