package narlink.fec;

import java.util.Arrays;

/// What to do with symbols in order to have all intermediate symbols, found on bits alone: it depends on which
/// symbols are known, never on their bytes, and can be replayed at will. Phases 3 to 5 of RFC 6330 §5.4.2.
///
/// @param slots intermediate symbols (the first L slots) and scratch
/// @param forward the pivots with all inactive symbols taken as zero, and the residual rows
/// @param hdpcAt where the sums of the HDPC rows go
/// @param complete the HDPC sums less the residual rows
/// @param tables all sums of four of these
/// @param free the inactive symbols that only HDPC rows determine
/// @param backward the other inactive symbols, and the pivots once more
record Plan(
        Hdpc hdpc,
        int slots,
        int[] forward,
        int hdpcAt,
        int[] complete,
        int[] tables,
        int[] free,
        int[] backward) {

    static Plan of(
            Constraints constraints,
            Peeling peeling,
            Hdpc hdpc,
            Elimination elimination,
            Elimination.Completion completion) {
        return new Planner(constraints, peeling, hdpc, elimination, completion).plan();
    }

    /// Makes the intermediate symbols in `slab`, which has room for all slots.
    void run(Kernel kernel, Known known, byte[] slab) {
        kernel.gather(forward, known, slab);
        kernel.hdpc(this, slab, known.width());
        kernel.horner(complete, slab, known.width());
        kernel.gather(tables, known, slab);
        kernel.horner(free, slab, known.width());
        kernel.gather(backward, known, slab);
    }

    /// Memory that the plan takes, in ints.
    int size() {
        return forward.length + complete.length + tables.length + free.length + backward.length;
    }

    private static final class Planner {
        private final Constraints constraints;
        private final Peeling peeling;
        private final Hdpc hdpc;
        private final Elimination elimination;
        private final Elimination.Completion completion;
        private final int l;
        private final int rank;
        private final int h;

        Planner(
                Constraints constraints,
                Peeling peeling,
                Hdpc hdpc,
                Elimination elimination,
                Elimination.Completion completion) {
            this.constraints = constraints;
            this.peeling = peeling;
            this.hdpc = hdpc;
            this.elimination = elimination;
            this.completion = completion;
            l = constraints.parameters.l();
            rank = elimination.rank();
            h = hdpc.rows;
        }

        Plan plan() {
            int residualAt = l;
            int hdpcAt = residualAt + rank;
            int completeAt = hdpcAt + h;
            int residualSums = completeAt + h;
            int hdpcSums = residualSums + Combinations.scratch(rank);
            int freeSums = hdpcSums + Combinations.scratch(h);
            int slots = freeSums + Combinations.scratch(completion.free().length);

            var forward = new Program(2 * constraints.columns().length);
            forward(forward, residualAt);
            var residual = new Combinations(range(residualAt, rank), residualSums, forward);

            var complete = new Program(1024);
            for (int row = 0; row < h; row++) complete(row, completeAt + row, hdpcAt + row, residual, complete);
            var tables = new Program(256);
            var reduced = new Combinations(range(completeAt, h), hdpcSums, tables);
            var free = new Program(1024);
            for (int i = 0; i < completion.free().length; i++) free(i, reduced, free);

            var backward = new Program(2 * constraints.columns().length);
            var freed = new Combinations(freeColumns(), freeSums, backward);
            for (int number = 0; number < rank; number++) inactive(number, residual, freed, backward);
            backward(backward);
            return new Plan(
                    hdpc,
                    slots,
                    forward.code(),
                    hdpcAt,
                    complete.code(),
                    tables.code(),
                    free.code(),
                    backward.code());
        }

        private void forward(Program program, int residualAt) {
            for (int i = 0; i < peeling.inactives; i++) program.gather(peeling.inactive[i], Constraints.ZERO);
            for (int i = 0; i < peeling.pivots; i++) {
                int row = peeling.pivotRows[i];
                gatherPivots(row, peeling.pivotColumns[i], peeling.pivotColumns[i], program);
            }
            for (int number = 0; number < rank; number++) {
                gatherPivots(elimination.accepted(number), -1, residualAt + number, program);
            }
        }

        private void gatherPivots(int row, int self, int destination, Program program) {
            int[] columns = constraints.columns();
            program.gather(destination, constraints.symbol(row));
            for (int at = constraints.start(row); at < constraints.end(row); at++) {
                if (columns[at] != self && peeling.place[columns[at]] < 0) program.term(columns[at]);
            }
        }

        private void complete(int row, int destination, int hdpcSum, Combinations residual, Program program) {
            program.horner(destination);
            for (int bit = 7; bit >= 0; bit--) {
                int plane = bit;
                program.group();
                residual.sum(number -> elimination.sums(row, plane, number), program);
            }
            program.term(hdpcSum);
        }

        private void free(int index, Combinations reduced, Program program) {
            int[] coefficients = completion.rows()[index];
            program.horner(peeling.inactive[completion.free()[index]]);
            for (int bit = 7; bit >= 0; bit--) {
                int plane = bit;
                program.group();
                reduced.sum(row -> (coefficients[row] >> plane & 1) != 0, program);
            }
        }

        private void inactive(int number, Combinations residual, Combinations freed, Program program) {
            program.gather(peeling.inactive[elimination.pivot(number)], Constraints.ZERO);
            residual.sum(term -> elimination.sums(number, term), program);
            freed.sum(i -> elimination.has(number, completion.free()[i]), program);
        }

        private void backward(Program program) {
            int[] columns = constraints.columns();
            for (int i = 0; i < peeling.pivots; i++) {
                int row = peeling.pivotRows[i];
                int self = peeling.pivotColumns[i];
                program.gather(self, constraints.symbol(row));
                for (int at = constraints.start(row); at < constraints.end(row); at++) {
                    if (columns[at] != self) program.term(columns[at]);
                }
            }
        }

        private int[] freeColumns() {
            int[] columns = new int[completion.free().length];
            Arrays.setAll(columns, i -> peeling.inactive[completion.free()[i]]);
            return columns;
        }

        private static int[] range(int first, int count) {
            int[] range = new int[count];
            Arrays.setAll(range, i -> first + i);
            return range;
        }
    }
}
