package narlink.ground;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import narlink.Bytes;
import narlink.wire.StoreAnswer;
import narlink.wire.StoreQuestion.Subject;

/// What has come of one object that tells of a store.
final class Collected {
    private final TreeMap<Integer, Bytes> pieces = new TreeMap<>();
    private int size;

    /// Those of `all` that are of this object.
    static Collected of(List<Piece> all, Bytes digest, Subject subject) {
        var collected = new Collected();
        for (var piece : all) {
            if (!piece.digest().equals(digest) || !piece.subject().equals(subject)) continue;
            collected.size = piece.size();
            collected.pieces.put(piece.index(), piece.data());
        }
        return collected;
    }

    boolean isEmpty() {
        return pieces.isEmpty();
    }

    /// Pieces from the first on without a gap.
    int beginning() {
        int count = 0;
        while (pieces.containsKey(count)) count++;
        return count;
    }

    boolean isWhole() {
        return size > 0 && beginning() == StoreAnswer.pieces(size);
    }

    /// The bytes of [#beginning].
    byte[] bytes() {
        var out = new ByteArrayOutputStream();
        int end = beginning();
        pieces.headMap(end).values().forEach(piece -> out.writeBytes(piece.toArray()));
        return out.toByteArray();
    }

    /// What to ask for next.
    ///
    /// @param guess how many pieces to ask for while the size is not known: the first one tells it
    List<Integer> missing(int most, int guess) {
        var missing = new ArrayList<Integer>();
        int count = isEmpty() ? guess : StoreAnswer.pieces(size);
        for (int i = 0; i < count && missing.size() < most; i++) {
            if (!pieces.containsKey(i)) missing.add(i);
        }
        return missing;
    }
}
