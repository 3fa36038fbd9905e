package narlink.delta.lzma;

import java.util.Arrays;

/// Weighs all ways to the places ahead by what they would cost, until a long match or a place comes that all of them
/// meet at; then goes the cheapest.
final class NormalChoice extends Choice {
    /// Places that are looked ahead, at most.
    static final int LOOKED = 1 << 12;

    private final Finder finder;
    private final byte[] data;
    private final Model model;
    private final int nice;

    // Of each place ahead how it is reached at the least price: by a symbol from a place before it. Or by a literal and
    // a match at the latest distance from there; or by another match and these two.
    private final int[] prices = new int[LOOKED];
    private final int[] froms = new int[LOOKED];
    private final int[] symbols = new int[LOOKED];
    private final boolean[] hasLiteral = new boolean[LOOKED];
    private final boolean[] hasMatch = new boolean[LOOKED];
    private final int[] firstFroms = new int[LOOKED]; // Of that other match.
    private final int[] firstSymbols = new int[LOOKED];
    private final int[] states = new int[LOOKED];
    private final int[] distances = new int[LOOKED * Model.REPEATS];

    private int end; // Of the way that was chosen;
    private int now; // so far it is gone.
    private int reached; // The farthest place that has a price.
    private int longest; // Found where was looked last.

    NormalChoice(Finder finder, Model model, int nice) {
        this.finder = finder;
        this.data = finder.data();
        this.model = model;
        this.nice = nice;
    }

    @Override
    void next(int place) {
        if (now == end) {
            if (finder.ahead() == 0) model.reprice();
            if (!begin(place)) return;
            int at = 1;
            for (; at < reached; at++) {
                longest = finder.find();
                if (longest >= nice) break;
                goOn(place + at, at);
            }
            turn(at);
            now = 0;
            end = at;
        }
        int from = now;
        now = froms[from];
        choose(symbols[from], now - from);
    }

    /// Weighs what may come next.
    ///
    /// @return whether there is anything to weigh
    private boolean begin(int place) {
        if (finder.ahead() == 0) longest = finder.find();
        int most = Math.min(finder.left(), Model.LONGEST);
        choose(LITERAL, 1);
        if (most < 2) return false;
        int best = 0;
        var repeated = new int[Model.REPEATS];
        for (int i = 0; i < Model.REPEATS; i++) {
            repeated[i] = repeated(model.distance(i), place, most);
            if (repeated[i] > repeated[best]) best = i;
        }
        if (repeated[best] >= nice) return take(best, repeated[best]);
        if (longest >= nice) return take(finder.distances[finder.count - 1] + Model.REPEATS, longest);
        int other = other(place, model.distance(0));
        boolean isSame = other == (data[place] & 0xff);
        if (longest < 2 && !isSame && repeated[best] < 2) return false;

        int state = model.state();
        states[0] = state;
        for (int i = 0; i < Model.REPEATS; i++) distances[i] = model.distance(i);
        reached = Math.max(1, Math.max(longest, repeated[best]));
        Arrays.fill(prices, 1, reached + 1, Prices.INFINITE);
        int match = model.matchPrice(state, place);
        int repeat = match + model.repeatPrice(state);
        int literal =
                model.literalPrice(state, place) + model.bytePrice(data, place, States.isLiteral(state) ? -1 : other);
        offer(1, literal, 0, LITERAL);
        if (isSame) offer(1, repeat + model.shortPrice(state, place), 0, 0);
        if (reached < 2) {
            choose(symbols[1], 1);
            return false;
        }
        for (int i = 0; i < Model.REPEATS; i++) {
            int price = repeat + model.indexPrice(i, state, place);
            for (int n = repeated[i]; n >= 2; n--) offer(n, price + model.repeatLengthPrice(n, place), 0, i);
        }
        int price = match + model.ownPrice(state);
        int found = 0;
        for (int n = Math.max(2, repeated[0] + 1); n <= longest; n++) {
            while (n > finder.lengths[found]) found++;
            int distance = finder.distances[found];
            offer(n, price + model.distancePrice(distance, n, place), 0, distance + Model.REPEATS);
        }
        return true;
    }

    private boolean take(int symbol, int length) {
        finder.skip(length - 1);
        choose(symbol, length);
        return false;
    }

    private void offer(int at, int price, int from, int symbol) {
        if (price < prices[at]) put(at, price, from, symbol);
    }

    private void put(int at, int price, int from, int symbol) {
        prices[at] = price;
        froms[at] = from;
        symbols[at] = symbol;
        hasLiteral[at] = false;
    }

    /// What is reached by a match at the latest distance, behind a literal.
    private void offer(int at, int price, int from) {
        if (price >= prices[at]) return;
        prices[at] = price;
        froms[at] = from;
        symbols[at] = 0;
        hasLiteral[at] = true;
        hasMatch[at] = false;
    }

    private void offer(int at, int price, int from, int firstFrom, int firstSymbol) {
        if (price >= prices[at]) return;
        offer(at, price, from);
        hasMatch[at] = true;
        firstFroms[at] = firstFrom;
        firstSymbols[at] = firstSymbol;
    }

    private void reach(int at) {
        while (reached < at) prices[++reached] = Prices.INFINITE;
    }

    /// Weighs what may come behind the cheapest way to a place.
    private void goOn(int place, int at) {
        arrive(at);
        int state = states[at];
        int latest = distances[at * Model.REPEATS];
        int full = Math.min(finder.left(), LOOKED - 1 - at);
        int other = other(place, latest);
        boolean isSame = other == (data[place] & 0xff);
        int literal = prices[at]
                + model.literalPrice(state, place)
                + model.bytePrice(data, place, States.isLiteral(state) ? -1 : other);
        boolean isNext = literal < prices[at + 1]; // Whether the next place is reached from here.
        offer(at + 1, literal, at, LITERAL);
        int match = prices[at] + model.matchPrice(state, place);
        int repeat = match + model.repeatPrice(state);
        if (isSame && !(froms[at + 1] < at && symbols[at + 1] == 0)) {
            int price = repeat + model.shortPrice(state, place);
            if (price <= prices[at + 1]) {
                put(at + 1, price, at, 0);
                isNext = true;
            }
        }
        if (full < 2) return;
        if (!isNext && !isSame) literalAndRepeat(place, at, literal, latest, full);
        int most = Math.min(full, nice);
        int shortest = 2;
        for (int i = 0; i < Model.REPEATS; i++) {
            int distance = distances[at * Model.REPEATS + i];
            int length = repeated(distance, place, most);
            if (length == 0) continue;
            reach(at + length);
            int price = repeat + model.indexPrice(i, state, place);
            for (int n = length; n >= 2; n--) offer(at + n, price + model.repeatLengthPrice(n, place), at, i);
            if (i == 0) shortest = length + 1;
            int all = price + model.repeatLengthPrice(length, place);
            literalAndRepeat(place, at, all, States.again(state), i, distance, length, full);
        }
        matches(place, at, match + model.ownPrice(state), shortest, most, full);
    }

    private void matches(int place, int at, int price, int shortest, int most, int full) {
        int length = longest;
        if (length > most) {
            length = most;
            finder.count = 0;
            while (length > finder.lengths[finder.count]) finder.count++;
            finder.lengths[finder.count++] = length;
        }
        if (length < shortest) return;
        reach(at + length);
        int found = 0;
        for (int n = shortest; n <= length; n++) {
            while (n > finder.lengths[found]) found++;
            int distance = finder.distances[found];
            int all = price + model.distancePrice(distance, n, place);
            offer(at + n, all, at, distance + Model.REPEATS);
            if (n != finder.lengths[found]) continue;
            literalAndRepeat(place, at, all, States.match(states[at]), distance + Model.REPEATS, distance, n, full);
        }
    }

    /// A literal here, then on at the latest distance.
    private void literalAndRepeat(int place, int at, int literal, int distance, int full) {
        int there = place - distance - 1;
        int length = finder.same(place + 1, there + 1, 0, Math.min(full, nice + 1) - 1);
        if (length < 2) return;
        repeat(at + 1, place + 1, literal, States.literal(states[at]), length, -1, 0);
    }

    /// A literal behind a match, then on at that match's distance.
    ///
    /// @param price to the match's end
    /// @param state behind the match
    private void literalAndRepeat(
            int place, int at, int price, int state, int symbol, int distance, int length, int full) {
        int limit = Math.min(full, length + 1 + nice);
        int there = place - distance - 1;
        int more = length + 1 < limit ? finder.same(place + length + 1, there + length + 1, 0, limit - length - 1) : 0;
        if (more < 2) return;
        int next = place + length;
        int literal =
                price + model.literalPrice(state, next) + model.bytePrice(data, next, data[there + length] & 0xff);
        repeat(at + length + 1, next + 1, literal, States.literal(state), more, at, symbol);
    }

    /// @param firstFrom place of the match before the literal; -1 for none
    private void repeat(int at, int place, int price, int state, int length, int firstFrom, int firstSymbol) {
        int all = price
                + model.matchPrice(state, place)
                + model.repeatPrice(state)
                + model.indexPrice(0, state, place)
                + model.repeatLengthPrice(length, place);
        reach(at + length);
        if (firstFrom < 0) offer(at + length, all, at);
        else offer(at + length, all, at, firstFrom, firstSymbol);
    }

    /// Works out what is known where the cheapest way to `at` ends.
    private void arrive(int at) {
        int from = froms[at];
        int symbol = symbols[at];
        int state;
        if (hasLiteral[at]) {
            from--;
            state = hasMatch[at] ? after(states[firstFroms[at]], firstSymbols[at]) : states[from];
            state = States.literal(state);
        } else state = states[from];
        if (from == at - 1) {
            state = symbol == 0 ? States.oneAgain(state) : States.literal(state);
            System.arraycopy(distances, from * Model.REPEATS, distances, at * Model.REPEATS, Model.REPEATS);
        } else {
            if (hasLiteral[at] && hasMatch[at]) {
                from = firstFroms[at];
                symbol = firstSymbols[at];
                state = States.again(state);
            } else state = after(state, symbol);
            remember(from * Model.REPEATS, symbol, at * Model.REPEATS);
        }
        states[at] = state;
    }

    private static int after(int state, int symbol) {
        return symbol < Model.REPEATS ? States.again(state) : States.match(state);
    }

    private void remember(int from, int symbol, int to) {
        int index = Math.min(symbol, Model.REPEATS - 1); // Of what is forgotten at its place.
        int latest = symbol < Model.REPEATS ? distances[from + symbol] : symbol - Model.REPEATS;
        System.arraycopy(distances, from, distances, to, Model.REPEATS);
        System.arraycopy(distances, from, distances, to + 1, index);
        distances[to] = latest;
    }

    /// Turns the chain of places that led to `last` around, so that each tells where the next symbol ends.
    private void turn(int last) {
        int at = last;
        int from = froms[at];
        int symbol = symbols[at];
        do {
            if (hasLiteral[at]) {
                symbols[from] = LITERAL;
                hasLiteral[from] = false;
                froms[from] = from - 1;
                if (hasMatch[at]) {
                    hasLiteral[from - 1] = false;
                    froms[from - 1] = firstFroms[at];
                    symbols[from - 1] = firstSymbols[at];
                }
            }
            int before = from;
            int through = symbol;
            symbol = symbols[before];
            from = froms[before];
            symbols[before] = through;
            froms[before] = at;
            at = before;
        } while (at != 0);
    }

    /// The byte that stands at a distance.
    private int other(int place, int distance) {
        return data[place - distance - 1] & 0xff;
    }

    /// How many bytes are those at a distance; 0 for fewer than two.
    private int repeated(int distance, int place, int most) {
        int length = finder.same(place, place - distance - 1, 0, most);
        return length < 2 ? 0 : length;
    }
}
