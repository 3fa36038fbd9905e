package narlink.fec;

import java.util.Arrays;

/// A list of symbol operations as one array of ints, which a [Kernel] replays. Intermediate and scratch symbols are
/// named by their slots. An operation is its destination, one or more groups, each the number of its terms and the
/// terms. A gather has in front of its only group the known symbol that it begins with, or [Constraints#ZERO].
final class Program {
    private int[] code;
    private int size;
    private int count;

    Program(int capacity) {
        code = new int[capacity];
    }

    int[] code() {
        return code;
    }

    int size() {
        return size;
    }

    /// Begins the operation `destination = known + terms`.
    Program gather(int destination, int known) {
        reserve();
        code[size] = destination;
        code[size + 1] = known;
        code[size + 2] = 0;
        count = size + 2;
        size += 3;
        return this;
    }

    /// Begins an operation of eight groups, `destination = ((terms·alpha + terms)·alpha + …) + terms`.
    Program horner(int destination) {
        reserve();
        code[size++] = destination;
        return this;
    }

    Program group() {
        reserve();
        count = size;
        code[size++] = 0;
        return this;
    }

    Program term(int slot) {
        if (size == code.length) reserve();
        code[size++] = slot;
        code[count]++;
        return this;
    }

    private void reserve() {
        if (size > code.length - 4) code = Arrays.copyOf(code, size + size / 2 + 16);
    }

    /// Adds the row's columns that [Peeling] made pivots, but for `self`.
    Program pivots(int[] columns, int from, int to, int self, int[] place) {
        int at = makeRoom(to - from);
        for (int i = from; i < to; i++) {
            int column = columns[i];
            code[at] = column;
            at += place[column] < 0 && column != self ? 1 : 0;
        }
        return end(at);
    }

    /// Adds all of the row's columns but `self`.
    Program others(int[] columns, int from, int to, int self) {
        int at = makeRoom(to - from);
        for (int i = from; i < to; i++) {
            code[at] = columns[i];
            at += columns[i] != self ? 1 : 0;
        }
        return end(at);
    }

    private int makeRoom(int terms) {
        if (size + terms >= code.length) code = Arrays.copyOf(code, size + size / 2 + terms + 16);
        return size;
    }

    private Program end(int at) {
        code[count] += at - size;
        size = at;
        return this;
    }
}
