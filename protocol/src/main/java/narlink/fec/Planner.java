package narlink.fec;

import java.util.Arrays;
import narlink.fec.Elimination.Completion;

/// Writes down, as a [Plan], what [Peeling] and [Elimination] found on bits.
final class Planner {
    private final Constraints constraints;
    private final Peeling peeling;
    private final Hdpc hdpc;
    private final Elimination elimination;
    private final Completion completion;
    private final int rank;

    private Planner(Constraints constraints, Peeling peeling, Elimination elimination, Completion completion) {
        this.constraints = constraints;
        this.peeling = peeling;
        hdpc = elimination.hdpc;
        this.elimination = elimination;
        this.completion = completion;
        rank = elimination.rank();
    }

    static Plan plan(Constraints constraints, Peeling peeling, Elimination elimination, Completion completion) {
        return new Planner(constraints, peeling, elimination, completion).plan();
    }

    private Plan plan() {
        int h = hdpc.rows;
        int residualAt = constraints.parameters.l();
        int hdpcAt = residualAt + rank;
        int completeAt = hdpcAt + h;
        int residualSums = completeAt + h;
        int hdpcSums = residualSums + Combinations.scratch(rank);
        int freeSums = hdpcSums + Combinations.scratch(h);
        int slots = freeSums + Combinations.scratch(completion.free().length);

        int terms = constraints.end(constraints.rows() - 1) + 3 * constraints.parameters.l();
        var forward = new Program(terms + 2 * Combinations.scratch(rank) * 5);
        forward(residualAt, forward);
        var residual = new Combinations(range(residualAt, rank), residualSums, forward);
        var complete = new Program(h * (16 + 2 * rank));
        int needed = completion.free().length == 0 ? 0 : h;
        for (int row = 0; row < needed; row++) complete(row, completeAt + row, hdpcAt + row, residual, complete);
        var tables = new Program(5 * Combinations.scratch(h));
        var reduced = new Combinations(range(completeAt, needed), hdpcSums, tables);
        var free = new Program(h * (16 + 2 * h));
        for (int i = 0; i < completion.free().length; i++) free(i, reduced, free);
        var backward = new Program(terms + rank * (rank + 4 * h) / 4);
        backward(residual, freeSums, backward);
        return new Plan(hdpc, slots, forward, hdpcAt, complete, tables, free, backward);
    }

    private void forward(int residualAt, Program program) {
        for (int i = 0; i < peeling.inactives; i++) program.gather(peeling.inactive[i], Constraints.ZERO);
        for (int i = 0; i < peeling.pivots; i++) {
            int column = peeling.pivotColumns[i];
            gatherPivots(peeling.pivotRows[i], column, column, program);
        }
        for (int number = 0; number < rank; number++) {
            gatherPivots(elimination.accepted(number), -1, residualAt + number, program);
        }
    }

    private void gatherPivots(int row, int self, int destination, Program program) {
        program.gather(destination, constraints.symbol(row))
                .pivots(constraints.columns(), constraints.start(row), constraints.end(row), self, peeling.place);
    }

    private void complete(int row, int destination, int hdpcSum, Combinations residual, Program program) {
        program.horner(destination);
        for (int plane = 7; plane >= 0; plane--) {
            program.group();
            elimination.sumPlane(row, plane, residual, program);
        }
        program.term(hdpcSum);
    }

    private void free(int index, Combinations reduced, Program program) {
        int[] coefficients = completion.rows()[index];
        program.horner(peeling.inactive[completion.free()[index]]);
        for (int plane = 7; plane >= 0; plane--) {
            long bits = 0;
            for (int row = 0; row < hdpc.rows; row++) bits |= (coefficients[row] >> plane & 1L) << row;
            program.group();
            reduced.sum(bits, 0, program);
        }
    }

    private void backward(Combinations residual, int freeSums, Program program) {
        int[] free = completion.free();
        int[] columns = new int[free.length];
        Arrays.setAll(columns, i -> peeling.inactive[free[i]]);
        var freed = new Combinations(columns, freeSums, program);
        for (int number = 0; number < rank; number++) {
            long bits = 0;
            for (int i = 0; i < free.length; i++) {
                if (elimination.has(number, free[i])) bits |= 1L << i;
            }
            program.gather(peeling.inactive[elimination.pivot(number)], Constraints.ZERO);
            elimination.sum(number, residual, program);
            freed.sum(bits, 0, program);
        }
        for (int i = 0; i < peeling.pivots; i++) {
            int row = peeling.pivotRows[i];
            int self = peeling.pivotColumns[i];
            program.gather(self, constraints.symbol(row))
                    .others(constraints.columns(), constraints.start(row), constraints.end(row), self);
        }
    }

    private static int[] range(int first, int count) {
        int[] range = new int[count];
        Arrays.setAll(range, i -> first + i);
        return range;
    }
}
