package narlink.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import narlink.inventory.Descriptions.Column;
import narlink.testkit.SampleStore;
import narlink.testkit.fuzz.FuzzTarget;

/// Columns of an inventory (§13.5); which ones is told by the first byte, how many paths the store has by the second.
final class DescriptionsTarget implements FuzzTarget {
    @Override
    public void accept(byte[] input) {
        if (input.length < 2) return;
        var columns = EnumSet.noneOf(Column.class);
        for (var column : Column.values()) {
            if ((input[0] >>> column.ordinal() & 1) == 1) columns.add(column);
        }
        try {
            var told =
                    Descriptions.read(java.util.Arrays.copyOfRange(input, 2, input.length), columns, input[1] & 0xff);
            int count = Math.max(told.paths().size(), told.sizes().size());
            assertEquals(columns.contains(Column.NAME) ? count : 0, told.paths().size());
            assertEquals(
                    columns.contains(Column.TRAITS) ? count : 0,
                    told.references().size());
        } catch (MalformedInventoryException e) {
            assertEquals(false, String.valueOf(e.getMessage()).isEmpty());
        }
    }

    @Override
    public List<byte[]> seeds() {
        var infos = new SampleStore(new SplittableRandom(1)).paths(9);
        var positions =
                Descriptions.positions(infos.stream().map(info -> info.path()).toList());
        var seeds = new ArrayList<byte[]>();
        for (int bits = 0; bits < 8; bits++) {
            var columns = EnumSet.noneOf(Column.class);
            for (var column : Column.values()) {
                if ((bits >>> column.ordinal() & 1) == 1) columns.add(column);
            }
            byte[] object = Descriptions.write(infos, columns, positions::get, infos.size());
            byte[] seed = new byte[object.length + 2];
            seed[0] = (byte) bits;
            seed[1] = (byte) infos.size();
            System.arraycopy(object, 0, seed, 2, object.length);
            seeds.add(seed);
        }
        return seeds;
    }

    @Override
    public int executions() {
        return 400;
    }

    @Override
    public int longest() {
        return 600;
    }

    /// The tables of three columns' models.
    @Override
    public long mostAllocated() {
        return 64L << 20;
    }
}
