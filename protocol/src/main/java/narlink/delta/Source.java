package narlink.delta;

import java.io.IOException;
import java.io.InputStream;
import narlink.delta.mixing.NumberModel.Kind;

/// Where a [Script] gets at what the streams say.
interface Source {
    /// Heads of paths.
    InputStream paths() throws IOException;

    /// A path begins.
    void begin(Image base) throws IOException;

    /// The next number of a kind.
    ///
    /// @param what it means, for messages
    long number(Kind kind, String what, long most) throws IOException;

    /// The steps that follow now.
    void follow(Steps steps) throws IOException;

    /// Puts into `bytes` what is nearly the base from `position` on.
    void add(Image base, long position, byte[] bytes, int length) throws IOException;

    /// Puts into `bytes` what is in no base.
    void insert(byte[] bytes, int length) throws IOException;

    /// Is told what the base gave.
    void copied(byte[] bytes, int length) throws IOException;

    static Stream stream(Kind kind) {
        return switch (kind) {
            case SEEK -> Stream.SEEKS;
            case PAIRS, COPY -> Stream.COPIES;
            case ADD -> Stream.ADDS;
            case INSERT -> Stream.INSERTS;
        };
    }
}
