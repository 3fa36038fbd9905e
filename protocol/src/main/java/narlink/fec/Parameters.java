package narlink.fec;

import java.util.Arrays;

/// What RFC 6330 derives from a number of source symbols (§5.3.3.3). The letters are the RFC's.
///
/// @param kPrime source symbols with padding (K')
/// @param j systematic index J(K')
/// @param s LDPC symbols
/// @param h HDPC symbols
/// @param w LT symbols: columns from W on are permanently inactive (PI)
record Parameters(int kPrime, int j, int s, int h, int w) {
    /// The parameters of the smallest K' that is at least `k`.
    static Parameters of(int k) {
        Oti.check("source symbols", k, 1, Oti.K_MAX);
        int found = Arrays.binarySearch(Tables.K_PRIME, k);
        int row = found >= 0 ? found : -found - 1;
        return new Parameters(Tables.K_PRIME[row], Tables.J[row], Tables.S[row], Tables.H[row], Tables.W[row]);
    }

    /// Intermediate symbols.
    int l() {
        return kPrime + s + h;
    }

    /// Permanently inactive symbols.
    int p() {
        return l() - w;
    }

    /// The smallest prime that is at least P.
    int p1() {
        int prime = p();
        while (!isPrime(prime)) prime++;
        return prime;
    }

    /// LT symbols that are not LDPC symbols.
    int b() {
        return w - s;
    }

    private static boolean isPrime(int n) {
        for (int divisor = 2; divisor * divisor <= n; divisor++) {
            if (n % divisor == 0) return false;
        }
        return n > 1;
    }
}
