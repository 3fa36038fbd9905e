package narlink.delta;

import java.util.Set;

/// A store path's name in its parts, as Nix splits them: the version begins at the first hyphen that no letter follows.
///
/// @param output empty, or the last word if it is one that outputs are called
public record PackageName(String name, String version, String output) {
    private static final Set<String> OUTPUTS =
            Set.of("bin", "dev", "lib", "man", "doc", "info", "out", "static", "debug", "devdoc", "dist", "python");

    public static PackageName of(String name) {
        int hyphen = name.indexOf('-');
        while (hyphen >= 0 && hyphen + 1 < name.length() && Character.isLetter(name.charAt(hyphen + 1))) {
            hyphen = name.indexOf('-', hyphen + 1);
        }
        if (hyphen < 0) return new PackageName(name, "", "");
        var version = name.substring(hyphen + 1);
        int last = version.lastIndexOf('-');
        boolean hasOutput = last >= 0 && OUTPUTS.contains(version.substring(last + 1));
        return new PackageName(
                name.substring(0, hyphen),
                hasOutput ? version.substring(0, last) : version,
                hasOutput ? version.substring(last + 1) : "");
    }

    /// 0 if it is another package; else the more, the more alike.
    public int likeness(PackageName other) {
        if (!name.equals(other.name) || !output.equals(other.output)) return 0;
        int common = 0;
        int end = Math.min(version.length(), other.version.length());
        while (common < end && version.charAt(common) == other.version.charAt(common)) common++;
        return 1 + common + (version.equals(other.version) ? 1 : 0);
    }
}
