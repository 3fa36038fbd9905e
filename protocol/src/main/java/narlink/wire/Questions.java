package narlink.wire;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import narlink.inventory.Descriptions.Column;
import narlink.wire.StoreQuestion.Subject;

/// Questions and answers as protocol buffers, and back (§13).
final class Questions {
    private Questions() {}

    static narlink.v1.StoreQuestion write(StoreQuestion question) {
        var out = narlink.v1.StoreQuestion.newBuilder()
                .setNumber(question.number())
                .setStoreDigest(Messages.bytes(question.digest()))
                .addAllPieces(question.pieces())
                .setTogether(question.together() == 1 ? 0 : question.together());
        switch (question.subject()) {
            case Subject.Sketch sketch -> out.setSubject(narlink.v1.StoreQuestion.Subject.SUBJECT_SKETCH);
            case Subject.Ids ids -> out.setSubject(narlink.v1.StoreQuestion.Subject.SUBJECT_IDS);
            case Subject.Paths paths ->
                out.setSubject(narlink.v1.StoreQuestion.Subject.SUBJECT_PATHS)
                        .setColumns(bits(paths.columns()))
                        .addAllRuns(paths.runs());
            case Subject.Roots roots -> out.setSubject(narlink.v1.StoreQuestion.Subject.SUBJECT_ROOTS);
            case Subject.Damaged damaged -> out.setSubject(narlink.v1.StoreQuestion.Subject.SUBJECT_DAMAGED);
        }
        return out.build();
    }

    /// A subject of a newer version is no fault of the sender's.
    static Messages.Parsed parse(narlink.v1.StoreQuestion in) {
        Optional<Subject> subject = switch (in.getSubject()) {
            case SUBJECT_SKETCH -> Optional.of(new Subject.Sketch());
            case SUBJECT_IDS -> Optional.of(new Subject.Ids());
            case SUBJECT_PATHS -> Optional.of(new Subject.Paths(columns(in.getColumns()), runs(in)));
            case SUBJECT_ROOTS -> Optional.of(new Subject.Roots());
            case SUBJECT_DAMAGED -> Optional.of(new Subject.Damaged());
            case SUBJECT_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
        };
        if (subject.isEmpty()) return new Messages.Parsed.Unknown();
        return new Messages.Parsed.Known(new StoreQuestion(
                in.getNumber(),
                Messages.bytes(in.getStoreDigest()),
                subject.get(),
                in.getPiecesList(),
                Math.max(1, in.getTogether())));
    }

    static narlink.v1.StoreAnswer write(StoreAnswer answer) {
        return narlink.v1.StoreAnswer.newBuilder()
                .setQuestion(answer.question())
                .setSize(answer.size())
                .setPiece(answer.piece())
                .setData(Messages.bytes(answer.data()))
                .build();
    }

    static StoreAnswer parse(narlink.v1.StoreAnswer in) {
        return new StoreAnswer(in.getQuestion(), in.getSize(), in.getPiece(), Messages.bytes(in.getData()));
    }

    private static List<Integer> runs(narlink.v1.StoreQuestion in) {
        for (int run : in.getRunsList()) {
            if (run < 0) throw new IllegalArgumentException("run " + run);
        }
        return in.getRunsList();
    }

    private static int bits(Set<Column> columns) {
        return columns.stream().mapToInt(column -> 1 << column.ordinal()).sum();
    }

    private static Set<Column> columns(int bits) {
        var columns = EnumSet.noneOf(Column.class);
        for (var column : Column.values()) {
            if ((bits >>> column.ordinal() & 1) == 1) columns.add(column);
        }
        return columns;
    }
}
