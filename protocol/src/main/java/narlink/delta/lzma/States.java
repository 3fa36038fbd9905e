package narlink.delta.lzma;

/// What the last few symbols were, as LZMA numbers it: 0 to 6 where the last one was a literal.
final class States {
    static final int COUNT = 12;

    private States() {}

    static boolean isLiteral(int state) {
        return state < 7;
    }

    static int literal(int state) {
        return state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
    }

    static int match(int state) {
        return state < 7 ? 7 : 10;
    }

    static int again(int state) {
        return state < 7 ? 8 : 11;
    }

    static int oneAgain(int state) {
        return state < 7 ? 9 : 11;
    }
}
