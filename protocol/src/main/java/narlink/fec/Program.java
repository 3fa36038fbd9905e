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

    /// Begins the operation `destination = known + terms`.
    Program gather(int destination, int known) {
        write(destination);
        write(known);
        return group();
    }

    /// Begins an operation of eight groups, `destination = ((terms·alpha + terms)·alpha + …) + terms`.
    Program horner(int destination) {
        write(destination);
        return this;
    }

    Program group() {
        count = size;
        write(0);
        return this;
    }

    Program term(int slot) {
        write(slot);
        code[count]++;
        return this;
    }

    int[] code() {
        return Arrays.copyOf(code, size);
    }

    private void write(int value) {
        if (size == code.length) code = Arrays.copyOf(code, size + size / 2 + 16);
        code[size++] = value;
    }
}
