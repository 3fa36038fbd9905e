package narlink.nix;

/// Nix's base 32: its own alphabet, the digits taken from the end of the byte string, no padding. Each byte string
/// has exactly one text.
public final class Nix32 {
    private static final String ALPHABET = "0123456789abcdfghijklmnpqrsvwxyz";

    private Nix32() {}

    /// How many digits `bytes` bytes have.
    public static int digits(int bytes) {
        return Math.ceilDiv(Math.multiplyExact(bytes, 8), 5);
    }

    public static String encode(byte[] bytes) {
        var text = new StringBuilder();
        for (int digit = digits(bytes.length) - 1; digit >= 0; digit--) {
            int bit = digit * 5;
            int low = bytes[bit / 8] & 0xff;
            int high = bit / 8 + 1 < bytes.length ? bytes[bit / 8 + 1] & 0xff : 0;
            text.append(ALPHABET.charAt((low | high << 8) >> bit % 8 & 0x1f));
        }
        return text.toString();
    }

    /// Undoes [#encode].
    ///
    /// @throws IllegalArgumentException if [#encode] can't have written `text`
    public static byte[] decode(String text) {
        byte[] bytes = new byte[(int) (text.length() * 5L / 8)];
        if (digits(bytes.length) != text.length()) {
            throw new IllegalArgumentException("nix32 text of impossible length " + text.length());
        }
        for (int digit = 0; digit < text.length(); digit++) {
            int value = ALPHABET.indexOf(text.charAt(text.length() - 1 - digit));
            if (value < 0) {
                throw new IllegalArgumentException("not a nix32 digit in \"" + text + '"');
            }
            int bit = digit * 5;
            int shifted = value << bit % 8;
            bytes[bit / 8] |= (byte) shifted;
            if (bit / 8 + 1 < bytes.length) {
                bytes[bit / 8 + 1] |= (byte) (shifted >> 8);
            } else if (shifted >> 8 != 0) {
                throw new IllegalArgumentException("nix32 text with bits beyond its end: \"" + text + '"');
            }
        }
        return bytes;
    }
}
