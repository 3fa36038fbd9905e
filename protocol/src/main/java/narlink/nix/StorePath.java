package narlink.nix;

import java.util.regex.Pattern;

/// A store path, kept without the store directory. An instance always obeys Nix's grammar (of the newest Nix, which
/// is narrower than that of old ones), so no other code needs to ask whether a path could leave the store.
/// Ordered by the base name's bytes, as Nix orders references.
///
/// @param digest the hash part: 32 nix32 digits
/// @param name what stands behind the hash part and a hyphen
public record StorePath(String digest, String name) implements Comparable<StorePath> {
    public static final String STORE_DIR = "/nix/store";
    public static final int DIGEST_BYTES = 20;
    public static final int DIGEST_DIGITS = 32;

    /// Nothing longer is a base name; readers need not take more.
    public static final int MAX_BASE_NAME = DIGEST_DIGITS + 1 + 211;

    private static final Pattern DIGEST = Pattern.compile("[0-9abcdfghijklmnpqrsvwxyz]{32}");
    private static final Pattern NAME = Pattern.compile("(?!\\.\\.?(-|$))[0-9a-zA-Z+\\-._?=]{1,211}");

    public StorePath {
        if (!DIGEST.matcher(digest).matches()) {
            throw new IllegalArgumentException("not the hash part of a store path: \"" + digest + '"');
        }
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not the name of a store path: \"" + name + '"');
        }
    }

    /// Reads a full path.
    ///
    /// @param fullPath with the store directory in front
    public static StorePath parse(String fullPath) {
        if (!fullPath.startsWith(STORE_DIR + '/')) {
            throw new IllegalArgumentException("not in " + STORE_DIR + ": \"" + fullPath + '"');
        }
        return ofBaseName(fullPath.substring(STORE_DIR.length() + 1));
    }

    public static StorePath ofBaseName(String baseName) {
        if (baseName.length() <= DIGEST_DIGITS || baseName.charAt(DIGEST_DIGITS) != '-') {
            throw new IllegalArgumentException("not the base name of a store path: \"" + baseName + '"');
        }
        return new StorePath(baseName.substring(0, DIGEST_DIGITS), baseName.substring(DIGEST_DIGITS + 1));
    }

    public static StorePath of(byte[] digest20, String name) {
        return new StorePath(Nix32.encode(digest20), name);
    }

    public static boolean isHashPart(String text) {
        return DIGEST.matcher(text).matches();
    }

    public byte[] digestBytes() {
        return Nix32.decode(digest);
    }

    public String baseName() {
        return digest + '-' + name;
    }

    @Override
    public int compareTo(StorePath other) {
        return baseName().compareTo(other.baseName()); // ASCII, so chars compare as bytes do.
    }

    /// The full path, with the store directory.
    @Override
    public String toString() {
        return STORE_DIR + '/' + baseName();
    }
}
