package narlink.wire;

import java.util.List;
import java.util.Set;
import narlink.Bytes;
import narlink.inventory.Descriptions.Column;
import narlink.inventory.Runs;

/// What Earth wants to know of the store (§13). Changes nothing on board; answered by a [StoreAnswer] for each piece.
///
/// @param number grows with every question
/// @param digest the beginning of the store digest of the state that is asked about
/// @param pieces of the object that are wanted
/// @param together how many of them, one behind the other, one answer may hold
public record StoreQuestion(long number, Bytes digest, Subject subject, List<Integer> pieces, int together)
        implements Message {
    public static final int DIGEST_BYTES = 8;
    /// Answers that one question may cost the return link.
    public static final int MAX_PIECES = 16;

    /// Pieces of an object: far more than the largest has.
    static final int MAX_PIECE = 1 << 20;

    public StoreQuestion {
        if (number < 1) throw new IllegalArgumentException("question " + number);
        if (digest.size() != DIGEST_BYTES) throw new IllegalArgumentException("digest of " + digest.size() + " bytes");
        pieces = List.copyOf(Messages.bounded(pieces, MAX_PIECES));
        for (int piece : pieces) {
            if (piece < 0 || piece >= MAX_PIECE) throw new IllegalArgumentException("piece " + piece);
        }
        if (together < 1) throw new IllegalArgumentException(together + " pieces together");
    }

    /// Which object.
    public sealed interface Subject {
        /// [narlink.inventory.Sketch], without end.
        record Sketch() implements Subject {}

        /// [narlink.inventory.IdList].
        record Ids() implements Subject {}

        /// [narlink.inventory.Descriptions].
        ///
        /// @param runs which paths, by their positions in the order of ids; see [Runs]
        record Paths(Set<Column> columns, List<Integer> runs) implements Subject {
            public Paths {
                columns = Set.copyOf(columns);
                runs = List.copyOf(Messages.bounded(runs, Runs.MAX));
            }
        }

        /// [narlink.inventory.Roots].
        record Roots() implements Subject {}

        /// [narlink.inventory.Roots] too: paths that the last verification found damaged, by what is wrong.
        record Damaged() implements Subject {}
    }
}
