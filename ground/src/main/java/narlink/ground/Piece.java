package narlink.ground;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import narlink.Bytes;
import narlink.inventory.Descriptions.Column;
import narlink.wire.StoreAnswer;
import narlink.wire.StoreQuestion.Subject;

/// A piece of an object that tells of a store, as it came down.
///
/// @param digest the beginning of the store digest of the state that it tells of
/// @param paths how many the store had in that state
/// @param size bytes of the whole object; 0 for one without end
public record Piece(Bytes digest, int paths, Subject subject, int index, int size, Bytes data) {
    /// Those that an answer holds.
    public static List<Piece> of(Bytes digest, int paths, Subject subject, StoreAnswer answer) {
        var pieces = new ArrayList<Piece>();
        for (var data : answer.split(subject)) {
            pieces.add(new Piece(digest, paths, subject, answer.piece() + pieces.size(), answer.size(), data));
        }
        return pieces;
    }

    /// A subject as a word or three, for the ledger.
    public static String write(Subject subject) {
        return switch (subject) {
            case Subject.Sketch sketch -> "sketch";
            case Subject.Ids ids -> "ids";
            case Subject.Roots roots -> "roots";
            case Subject.Damaged damaged -> "damaged";
            case Subject.Paths paths ->
                "paths "
                        + paths.columns().stream().sorted().map(Enum::name).collect(Collectors.joining(","))
                        + " "
                        + paths.runs().stream().map(String::valueOf).collect(Collectors.joining(","));
        };
    }

    public static Subject parse(String text) {
        var words = text.split(" ", -1);
        return switch (words[0]) {
            case "sketch" -> new Subject.Sketch();
            case "ids" -> new Subject.Ids();
            case "roots" -> new Subject.Roots();
            case "damaged" -> new Subject.Damaged();
            case "paths" -> {
                var columns = EnumSet.noneOf(Column.class);
                Arrays.stream(words[1].split(",")).map(Column::valueOf).forEach(columns::add);
                List<Integer> runs =
                        Arrays.stream(words[2].split(",")).map(Integer::valueOf).toList();
                yield new Subject.Paths(columns, runs);
            }
            default -> throw new IllegalArgumentException("subject " + text);
        };
    }
}
