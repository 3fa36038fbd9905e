package narlink.fec;

/// The field of RFC 6330 §5.7: x^8 + x^4 + x^3 + x^2 + 1, alpha = 2. Used on coefficients only: symbols meet nothing
/// but XOR and multiplication by alpha.
final class Gf256 {
    /// What alpha^8 is.
    static final int REDUCTION = 0x1d;

    private static final int[] EXP = new int[510];
    private static final int[] LOG = new int[256];

    static {
        int power = 1;
        for (int exponent = 0; exponent < 255; exponent++) {
            EXP[exponent] = power;
            EXP[exponent + 255] = power;
            LOG[power] = exponent;
            power = power < 128 ? power << 1 : (power << 1) & 0xff ^ REDUCTION;
        }
    }

    private Gf256() {}

    static int multiply(int a, int b) {
        return a == 0 || b == 0 ? 0 : EXP[LOG[a] + LOG[b]];
    }

    static int inverse(int a) {
        if (a == 0) throw new ArithmeticException("0 has no inverse");
        return EXP[255 - LOG[a]];
    }

    /// alpha to the power of `exponent`, which is taken modulo 255.
    static int alpha(int exponent) {
        return EXP[exponent % 255];
    }
}
