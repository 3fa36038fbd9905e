package narlink.inventory;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import narlink.inventory.Packed.Numbers;

/// The roots that a store has on board (§13.6): what each is called, and the position of its path in the order of ids.
public final class Roots {
    /// More are not told: those that are first by name are.
    public static final int MAX = 10_000;

    private static final int MAX_NAME = 4096;

    private Roots() {}

    public static byte[] write(SortedMap<String, Integer> roots) {
        var out = new ByteArrayOutputStream();
        Numbers.write(out, Math.min(MAX, roots.size()));
        roots.entrySet().stream().limit(MAX).forEach(root -> {
            byte[] name = root.getKey().getBytes(StandardCharsets.UTF_8);
            int length = Math.min(MAX_NAME, name.length);
            Numbers.write(out, length);
            out.write(name, 0, length);
            Numbers.write(out, root.getValue());
        });
        return Packed.pack(out.toByteArray());
    }

    /// @param all how many paths the store has
    public static Map<String, Integer> read(byte[] object, int all) throws MalformedInventoryException {
        var in = new ByteArrayInputStream(Packed.unpack(object));
        var roots = new TreeMap<String, Integer>();
        for (int left = Numbers.read(in, MAX); left > 0; left--) {
            byte[] name = Numbers.bytes(in, Numbers.read(in, MAX_NAME));
            roots.put(new String(name, StandardCharsets.UTF_8), Numbers.read(in, Math.max(0, all - 1)));
        }
        return roots;
    }
}
