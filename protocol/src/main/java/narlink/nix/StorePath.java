package narlink.nix;

import java.util.BitSet;

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

    private static final int MAX_NAME = 211;

    /// Nothing longer is a base name; readers need not take more.
    public static final int MAX_BASE_NAME = DIGEST_DIGITS + 1 + MAX_NAME;

    private static final BitSet DIGEST = characters("0123456789abcdfghijklmnpqrsvwxyz");
    private static final BitSet NAME =
            characters("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-._?=");

    public StorePath {
        if (!isHashPart(digest)) {
            throw new IllegalArgumentException("not the hash part of a store path: \"" + digest + '"');
        }
        if (!isName(name)) {
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
        return text.length() == DIGEST_DIGITS && consists(text, DIGEST);
    }

    /// Neither `.` nor `..`, and nothing that begins with one of them and a hyphen.
    private static boolean isName(String text) {
        if (text.isEmpty() || text.length() > MAX_NAME || !consists(text, NAME)) return false;
        int dots = text.startsWith("..") ? 2 : text.startsWith(".") ? 1 : 0;
        return dots == 0 || text.length() > dots && text.charAt(dots) != '-';
    }

    // Ledgers and stores name paths by the thousand: a pattern would take most of the time that reading them takes.
    private static boolean consists(String text, BitSet of) {
        for (int i = 0; i < text.length(); i++) {
            if (!of.get(text.charAt(i))) return false;
        }
        return true;
    }

    private static BitSet characters(String all) {
        var set = new BitSet();
        all.chars().forEach(set::set);
        return set;
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
