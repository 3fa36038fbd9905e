package narlink.delta.lzma;

/// Finds where the bytes to come have been before: for each length the nearest place, as far as is looked. Goes ahead
/// of what is coded.
final class Finder {
    private static final int HASH_2 = 1 << 10;
    private static final int HASH_3 = 1 << 16;
    private static final int MOST_MASK = 1 << 24;
    private static final int[] CRC = new int[256];

    static {
        for (int i = 0; i < CRC.length; i++) {
            CRC[i] = i;
            for (int j = 0; j < 8; j++) CRC[i] = CRC[i] >>> 1 ^ ((CRC[i] & 1) == 0 ? 0 : 0xEDB88320);
        }
    }

    private final byte[] data;
    private final int dictionary;
    private final Style style;
    private final int hashMask;
    private final int[] by2 = new int[HASH_2];
    private final int[] by3 = new int[HASH_3];
    private final Heads heads;
    private final int[] links; // In a tree two for each place: to what is less, and to what is not.
    private final int ring;
    private int at; // In the ring, the next place.
    private int place;
    private int ahead;

    /// What was found: the longer, the farther.
    final int[] lengths = new int[Model.LONGEST + 1];

    final int[] distances = new int[Model.LONGEST + 1]; // 0 is the last byte.
    int count;

    Finder(byte[] data, int dictionary, Style style) {
        this.data = data;
        this.dictionary = dictionary;
        this.style = style;
        this.hashMask = mask(dictionary, style);
        this.ring = ring(data.length, dictionary);
        this.heads = new Heads(hashMask, data.length, this::hash);
        this.links = new int[style.isNormal() ? 2 * ring : ring];
    }

    /// Bytes of memory for so many bytes of data.
    static long memory(int size, int dictionary, Style style) {
        return 4L * ring(size, dictionary) * (style.isNormal() ? 2 : 1)
                + 4L * Heads.slots(mask(dictionary, style), size);
    }

    private static int ring(int size, int dictionary) {
        return (int) Math.min(size, dictionary + 1L);
    }

    private static int mask(int dictionary, Style style) {
        int mask = Integer.highestOneBit(Math.max(1, dictionary - 1)) - 1 | HASH_3 - 1;
        return mask <= MOST_MASK ? mask : style.hashBytes() == 3 ? MOST_MASK - 1 : mask >> 1;
    }

    private int hash(int from) {
        int hash = CRC[data[from] & 0xff] ^ data[from + 1] & 0xff ^ (data[from + 2] & 0xff) << 8;
        return (style.hashBytes() == 3 ? hash : hash ^ CRC[data[from + 3] & 0xff] << 5) & hashMask;
    }

    byte[] data() {
        return data;
    }

    /// The place that was looked at last.
    int place() {
        return place - 1;
    }

    /// Where what is not coded yet begins.
    int coded() {
        return place - ahead;
    }

    int ahead() {
        return ahead;
    }

    /// Bytes from the place that was looked at last on.
    int left() {
        return data.length - place + 1;
    }

    void code(int length) {
        ahead -= length;
    }

    boolean isAtEnd() {
        return place >= data.length;
    }

    /// Looks at the next place.
    ///
    /// @return the longest match's length, even where it is longer than what is looked for; 0 for none
    int find() {
        count = 0;
        search(true);
        ahead++;
        if (count == 0) return 0;
        int longest = lengths[count - 1];
        if (longest < style.nice()) return longest;
        int most = Math.min(left(), Model.LONGEST);
        return same(place - 1, place - 2 - distances[count - 1], longest, most);
    }

    void skip(int places) {
        for (int i = 0; i < places; i++) search(false);
        ahead += places;
    }

    /// How many bytes are the same from two places on, of which `known` are.
    int same(int one, int other, int known, int most) {
        int length = known;
        while (length < most && data[one + length] == data[other + length]) length++;
        return length;
    }

    private void search(boolean isTold) {
        int limit = Math.min(style.nice(), data.length - place);
        if (limit < style.hashBytes()) {
            place++;
            return;
        }
        int two = CRC[data[place] & 0xff] ^ data[place + 1] & 0xff;
        int three = two ^ (data[place + 2] & 0xff) << 8;
        int near = distance(by2[two & HASH_2 - 1]);
        by2[two & HASH_2 - 1] = place + 1;
        int far = 0;
        if (style.hashBytes() == 4) {
            far = distance(by3[three & HASH_3 - 1]);
            by3[three & HASH_3 - 1] = place + 1;
        }
        int head = heads.exchange(hash(place), place);
        int longest = isTold ? shortOnes(near, far, limit) : 0;
        if (isTold && longest == limit) isTold = false;
        longest = Math.max(longest, style.hashBytes() - 1);
        if (style.isNormal()) tree(head, limit, isTold ? longest : Model.LONGEST);
        else {
            links[at] = head;
            if (isTold) chain(head, limit, longest);
        }
        place++;
        if (++at == ring) at = 0;
    }

    /// How far back; 0 for none.
    private int distance(int head) {
        int distance = place + 1 - head;
        return head == 0 || distance > dictionary ? 0 : distance;
    }

    private void found(int length, int distance) {
        lengths[count] = length;
        distances[count++] = distance - 1;
    }

    /// By the hashes of two and three bytes.
    private int shortOnes(int near, int far, int limit) {
        int distance = 0;
        if (near != 0 && data[place - near] == data[place]) {
            distance = near;
            found(2, distance);
        }
        if (far != 0 && far != near && data[place - far] == data[place]) {
            distance = far;
            found(3, distance);
        }
        if (count == 0) return 1;
        int known = lengths[count - 1];
        lengths[count - 1] = same(place, place - distance, known, limit);
        return lengths[count - 1];
    }

    private int slot(int distance) {
        return distance > at ? at - distance + ring : at - distance;
    }

    private void chain(int head, int limit, int best) {
        int longest = best;
        int next = head;
        for (int depth = style.depth(); depth > 0; depth--) {
            int distance = distance(next);
            if (distance == 0) return;
            int there = place - distance;
            next = links[slot(distance)];
            if (data[there + longest] != data[place + longest] || data[there] != data[place]) continue;
            int length = same(place, there, 1, limit);
            if (length <= longest) continue;
            longest = length;
            found(length, distance);
            if (length == limit) return;
        }
    }

    /// Puts the place in as the root.
    ///
    /// @param best of what is shorter nothing is told
    private void tree(int head, int limit, int best) {
        int longest = best;
        int next = head;
        int less = 2 * at; // Where a link to what is less is to be put.
        int more = 2 * at + 1;
        int lessLength = 0;
        int moreLength = 0;
        for (int depth = style.depth(); ; depth--) {
            int distance = distance(next);
            if (depth == 0 || distance == 0) {
                links[less] = 0;
                links[more] = 0;
                return;
            }
            int pair = 2 * slot(distance);
            int there = place - distance;
            int length = same(place, there, Math.min(lessLength, moreLength), limit);
            if (length > longest) {
                longest = length;
                found(length, distance);
            }
            if (length == limit) {
                links[less] = links[pair];
                links[more] = links[pair + 1];
                return;
            }
            if ((data[there + length] & 0xff) < (data[place + length] & 0xff)) {
                links[less] = next;
                less = pair + 1;
                next = links[less];
                lessLength = length;
            } else {
                links[more] = next;
                more = pair;
                next = links[more];
                moreLength = length;
            }
        }
    }
}
