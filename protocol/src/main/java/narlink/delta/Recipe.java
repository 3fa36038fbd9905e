package narlink.delta;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How a file that was opened is packed again (§11.17).
///
///     recipe  = PACKING [ LENGTH HEADER ] [ recipe ]      the recipe of what was packed, where PACKING has NESTED
/// added
///             | 63 COUNT { GAP LENGTH recipe }            a file of which only parts are packed
sealed interface Recipe {
    /// All of it is packed.
    ///
    /// @param packing index into [Packing]'s methods
    /// @param contents of what was packed, where that was opened too
    record Packed(int packing, byte[] header, Optional<Recipe> contents) implements Recipe {}

    /// Members of it are.
    record Members(List<Member> members) implements Recipe {
        public Members {
            members = List.copyOf(members);
        }
    }

    /// @param gap bytes since the member before that stay as they are
    /// @param length opened
    record Member(int gap, int length, Recipe recipe) {}

    int MEMBERS = 63;
    int NESTED = 64;

    static void write(OutputStream out, Recipe recipe) throws IOException {
        switch (recipe) {
            case Packed packed -> {
                Numbers.write(out, packed.packing() + (packed.contents().isPresent() ? NESTED : 0));
                if (Packing.hasHeader(packed.packing())) {
                    Numbers.write(out, packed.header().length);
                    out.write(packed.header());
                }
                if (packed.contents().isPresent()) write(out, packed.contents().get());
            }
            case Members several -> {
                Numbers.write(out, MEMBERS);
                Numbers.write(out, several.members().size());
                for (var member : several.members()) {
                    Numbers.write(out, member.gap());
                    Numbers.write(out, member.length());
                    write(out, member.recipe());
                }
            }
        }
    }

    /// Reads the recipes of one path, within what so large a path can need.
    final class Reader {
        private final InputStream in;
        private long recipes;
        private long headers;

        /// @param narSize of the path
        Reader(InputStream in, long narSize) {
            this.in = in;
            this.recipes = most(narSize);
            this.headers = mostHeaders(narSize);
        }

        Recipe read() throws IOException {
            return read(1);
        }

        private Recipe read(int level) throws IOException {
            if (level > 2 * Opener.LEVELS) throw new CorruptPackException("recipes too deep in each other");
            if (--recipes < 0) throw new CorruptPackException("more recipes than the path has room for");
            int packing = (int) Numbers.read(in, "packing method", 255);
            if (packing == MEMBERS) return new Members(members(level));
            int method = packing & ~NESTED;
            byte[] header = new byte[0];
            if (Packing.hasHeader(method)) {
                header = new byte[(int) Numbers.read(in, "length of a header", Gzip.MAX_HEADER)];
                headers -= header.length;
                if (headers < 0) throw new CorruptPackException("more headers than the path has room for");
                if (in.readNBytes(header, 0, header.length) < header.length) {
                    throw new CorruptPackException("a header that is cut short");
                }
            }
            boolean nested = (packing & NESTED) != 0;
            return new Packed(method, header, nested ? Optional.of(read(level + 1)) : Optional.empty());
        }

        private List<Member> members(int level) throws IOException {
            long count = Numbers.read(in, "number of members", recipes);
            var members = new ArrayList<Member>();
            for (long i = 0; i < count; i++) {
                int gap = (int) Numbers.read(in, "place of a member", Opener.MOST);
                int length = (int) Numbers.read(in, "length of a member", Opener.MOST);
                members.add(new Member(gap, length, read(level + 1)));
            }
            return members;
        }
    }

    /// Recipes that a path may have, those in others included.
    static long most(long narSize) {
        return Math.min(narSize / 20, 1 << 20);
    }

    /// Bytes of headers that a path's recipes may have.
    static long mostHeaders(long narSize) {
        return Math.min(narSize, 4 << 20);
    }
}
