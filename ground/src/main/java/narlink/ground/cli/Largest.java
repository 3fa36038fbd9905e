package narlink.ground.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import narlink.ground.Orders;
import narlink.nix.StorePath;

/// Where the bytes of an update go.
final class Largest {
    private static final int MOST = 10;

    private Largest() {}

    /// @param file within the path; empty for the path as a whole
    private record Item(StorePath path, String file, long bytes) {}

    /// By files, and what of a path no file is known for as one.
    private static List<Item> items(Orders.Summary summary) {
        var items = new ArrayList<Item>();
        for (int i = 0; i < summary.costs().size(); i++) {
            var path = summary.plan().added().get(i).path();
            var cost = summary.costs().get(i);
            cost.files().forEach(file -> items.add(new Item(path, file.file(), file.bytes())));
            if (cost.files().isEmpty()) items.add(new Item(path, "", cost.bytes()));
        }
        return items.stream()
                .filter(item -> item.bytes() > 0)
                .sorted(Comparator.comparingLong(Item::bytes).reversed())
                .limit(MOST)
                .toList();
    }

    static JsonArray describe(Orders.Summary summary) {
        var largest = new JsonArray();
        for (var item : items(summary)) {
            var one = new JsonObject();
            one.addProperty("path", item.path().toString());
            one.addProperty("file", item.file());
            one.addProperty("bytes", item.bytes());
            one.addProperty("share", (double) item.bytes() / summary.packBytes());
            largest.add(one);
        }
        return largest;
    }

    static void tell(Orders.Summary summary) {
        var items = items(summary);
        if (items.isEmpty()) return;
        System.out.println("most of it is for:");
        for (var item : items) {
            System.out.printf(
                    Locale.ROOT,
                    "%,10d  %4.1f %%  %s%s%n",
                    item.bytes(),
                    100.0 * item.bytes() / summary.packBytes(),
                    item.path().baseName(),
                    item.file().isEmpty() ? "" : '/' + item.file());
        }
    }
}
