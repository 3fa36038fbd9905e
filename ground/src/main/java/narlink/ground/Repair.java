package narlink.ground;

import java.util.function.IntUnaryOperator;
import narlink.fec.Oti;
import narlink.nix.PublicKey;
import narlink.simulation.LinkProfile;

/// How much goes up where no report tells what is missing.
public sealed interface Repair {
    /// Symbols to send of a block.
    ///
    /// @param k its source symbols
    /// @param together symbols that go up, and get lost, in one segment
    /// @param turns blocks whose segments take turns with its own, itself included
    /// @param blocks of the whole deployment
    /// @param segmentSize bytes of a segment
    int symbols(int k, int together, int turns, int blocks, int segmentSize);

    /// The share of symbols that is expected to get lost.
    double loss();

    /// Announcements at the start of a pass: without one, what follows is lost.
    int announcements();

    /// How what goes up is cut.
    ///
    /// @param most bytes that the pipe takes as a segment
    /// @param least bytes of a segment that holds a symbol
    /// @param fitting how many symbols a segment of so many bytes holds
    /// @param oti of what goes up
    Shape shape(int most, int least, IntUnaryOperator fitting, Oti oti);

    /// @param segmentSize bytes
    /// @param depth blocks whose segments take turns, at most: a burst is divided among them
    record Shape(int segmentSize, int depth) {}

    /// A share of repair symbols beyond the source symbols.
    ///
    /// @param share such as 0.2
    record Share(double share) implements Repair {
        private static final int COPIES = 3;

        @Override
        public int symbols(int k, int together, int turns, int blocks, int segmentSize) {
            return (int) Math.ceil(k * (1 + share)) + (share > 0 ? 2 : 0);
        }

        @Override
        public double loss() {
            return share;
        }

        @Override
        public int announcements() {
            return COPIES;
        }

        @Override
        public Shape shape(int most, int least, IntUnaryOperator fitting, Oti oti) {
            return new Shape(most, 1);
        }
    }

    /// As much as makes one pass deliver with a stated probability. The risk is divided: most of it is that of blocks
    /// that lack symbols, a tenth each that of losing all announcements, and that of symbols that do not suffice though
    /// they are enough.
    ///
    /// @param probability of the whole deployment, below 1
    /// @param link whose losses are expected
    /// @param segmentSize bytes of one at most; a segment is lost with any of the link's frames that it takes
    record ForDelivery(double probability, LinkProfile link, int segmentSize) implements Repair {
        /// The receiver keeps what has come of so many blocks at a time.
        private static final int DEEPEST = 32;
        /// What comes so near to the best is as good.
        private static final double NEAR = 0.995;
        private static final int AROUND = SegmentRoom.HEADER + PublicKey.SIGNATURE_LENGTH;
        private static final double TENTH = 0.1;
        /// With K symbols a block fails to decode once in a hundred times, with each more a hundred times less often
        /// (RFC 6330's code as measured; see `narlink.fec`).
        private static final double UNDECODED = 0.01;

        public ForDelivery {
            if (!(probability > 0 && probability < 1)) {
                throw new IllegalArgumentException("a probability of delivery is above 0 and below 1");
            }
        }

        private double risk() {
            return 1 - probability;
        }

        @Override
        public int symbols(int k, int together, int turns, int blocks, int segmentSize) {
            var losses = new SegmentLosses(link, segmentSize, turns);
            int needed = Math.ceilDiv(k + spare(blocks), together);
            return losses.segments(needed, risk() * (1 - 2 * TENTH) / blocks) * together;
        }

        private int spare(int blocks) {
            int spare = 0;
            for (double failing = blocks * UNDECODED; failing > risk() * TENTH; failing *= UNDECODED) spare++;
            return spare;
        }

        @Override
        public double loss() {
            return link.meanLoss();
        }

        @Override
        public int announcements() {
            return new SegmentLosses(link, segmentSize, 1).segments(1, risk() * TENTH);
        }

        /// The one that takes the fewest bytes, with as few blocks open at a time as come near to it.
        @Override
        public Shape shape(int most, int least, IntUnaryOperator fitting, Oti oti) {
            var best = new Shape(most, 1);
            double fewest = Double.MAX_VALUE;
            for (int size = most; size >= least; size /= 2) {
                int together = Math.max(1, Math.min(fitting.applyAsInt(size), Math.max(1, oti.k(0) / 2)));
                for (int depth = 1; depth <= DEEPEST; depth *= 2) {
                    int turns = Turns.of(oti.blocks(), depth).least();
                    double symbols = symbols(oti.k(0), together, turns, oti.blocks(), size);
                    double bytes = symbols * oti.symbolSize() + symbols / together * AROUND;
                    if (bytes < fewest * NEAR) {
                        best = new Shape(size, depth);
                        fewest = bytes;
                    }
                    if (depth >= oti.blocks()) break;
                }
            }
            return best;
        }
    }
}
