package narlink.inventory;

/// What a name says of the path's kind (§13.8), as hashes.
///
/// @param family of its letters up to the first other character
/// @param beginning of its first six characters
/// @param ending of what is behind its last hyphen: an output or a version
record NameClass(int family, int beginning, int ending) {
    private static final int BEGINNING = 6;

    static NameClass of(String name) {
        int letters = 0;
        while (letters < name.length() && isLetter(name.charAt(letters))) letters++;
        return new NameClass(
                hash(name.substring(0, letters)),
                hash(name.substring(0, Math.min(BEGINNING, name.length()))),
                hash(name.substring(name.lastIndexOf('-') + 1)));
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    private static int hash(String text) {
        int hash = 0;
        for (int i = 0; i < text.length(); i++) hash = hash * 31 + text.charAt(i);
        return hash;
    }
}
