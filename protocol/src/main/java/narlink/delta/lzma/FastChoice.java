package narlink.delta.lzma;

/// Takes what is long and near, and looks one place ahead for better.
final class FastChoice extends Choice {
    private final Finder finder;
    private final Model model;
    private final int nice;
    private int longest; // At the next place, if that was looked at.

    FastChoice(Finder finder, Model model, int nice) {
        this.finder = finder;
        this.model = model;
        this.nice = nice;
    }

    @Override
    void next(int place) {
        int found = finder.ahead() == 0 ? finder.find() : longest;
        int most = Math.min(finder.left(), Model.LONGEST);
        choose(LITERAL, 1);
        if (most < 2) return;
        int repeated = 0;
        int index = 0;
        for (int i = 0; i < Model.REPEATS; i++) {
            int again = repeated(i, place, most);
            if (again >= nice) {
                take(i, again);
                return;
            }
            if (again > repeated) {
                repeated = again;
                index = i;
            }
        }
        int last = finder.count - 1;
        if (found >= nice) {
            take(finder.distances[last] + Model.REPEATS, found);
            return;
        }
        int distance = 0;
        if (found >= 2) {
            distance = finder.distances[last];
            while (last > 0
                    && found == finder.lengths[last - 1] + 1
                    && isMuchFarther(finder.distances[last - 1], distance)) {
                last--;
                found = finder.lengths[last];
                distance = finder.distances[last];
            }
            if (found == 2 && distance >= 0x80) found = 1;
        }
        if (repeated >= 2
                && (repeated + 1 >= found
                        || repeated + 2 >= found && distance > 1 << 9
                        || repeated + 3 >= found && distance > 1 << 15)) {
            take(index, repeated);
            return;
        }
        if (found < 2 || most <= 2 || isBetterNext(place, found, distance)) return;
        finder.skip(found - 2);
        choose(distance + Model.REPEATS, found);
    }

    private void take(int symbol, int length) {
        finder.skip(length - 1);
        choose(symbol, length);
    }

    private boolean isBetterNext(int place, int found, int distance) {
        longest = finder.find();
        if (longest >= 2) {
            int next = finder.distances[finder.count - 1];
            if (longest >= found && next < distance
                    || longest == found + 1 && !isMuchFarther(distance, next)
                    || longest > found + 1
                    || longest + 1 >= found && found >= 3 && isMuchFarther(next, distance)) return true;
        }
        int wanted = Math.max(2, found - 1);
        for (int i = 0; i < Model.REPEATS; i++) {
            if (repeated(i, place + 1, wanted) == wanted) return true;
        }
        return false;
    }

    /// How many bytes are those at a distance that is remembered; 0 for fewer than two.
    private int repeated(int index, int place, int most) {
        int length = finder.same(place, place - model.distance(index) - 1, 0, most);
        return length < 2 ? 0 : length;
    }

    private static boolean isMuchFarther(int near, int far) {
        return far >>> 7 > near;
    }
}
