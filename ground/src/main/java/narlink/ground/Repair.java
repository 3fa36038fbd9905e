package narlink.ground;

import narlink.simulation.LinkProfile;

/// How much goes up where no report tells what is missing.
public sealed interface Repair {
    /// Symbols to send of a block.
    ///
    /// @param k its source symbols
    /// @param blocks of the whole deployment
    /// @param perSegment symbols that go up, and get lost, together
    int symbols(int k, int blocks, int perSegment);

    /// The share of symbols that is expected to get lost.
    double loss();

    /// Announcements at the start of a pass: without one, what follows is lost.
    int announcements();

    /// Blocks between whose symbols a burst is divided.
    int interleaved();

    /// A share of repair symbols beyond the source symbols.
    ///
    /// @param share such as 0.2
    record Share(double share) implements Repair {
        private static final int COPIES = 3;

        @Override
        public int symbols(int k, int blocks, int perSegment) {
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
        public int interleaved() {
            return 1;
        }
    }

    /// As much as makes one pass deliver with a stated probability.
    ///
    /// @param probability of the whole deployment, below 1
    /// @param link whose losses are expected; its segments must be of this size
    record ForDelivery(double probability, LinkProfile link, int segmentSize) implements Repair {
        private static final int DEPTH = 8;

        public ForDelivery {
            if (!(probability > 0 && probability < 1)) {
                throw new IllegalArgumentException("a probability of delivery is above 0 and below 1");
            }
        }

        @Override
        public int symbols(int k, int blocks, int perSegment) {
            var losses = new SegmentLosses(link, segmentSize, Math.min(DEPTH, blocks));
            int needed = Math.ceilDiv(k + SegmentLosses.SPARE_SYMBOLS, perSegment);
            // The announcement has a share in the risk, too.
            double each = (1 - probability) / (blocks + 1);
            return losses.segments(needed, each) * perSegment;
        }

        @Override
        public double loss() {
            return link.meanLoss();
        }

        @Override
        public int announcements() {
            return new SegmentLosses(link, segmentSize, 1).segments(1, (1 - probability) / 10);
        }

        @Override
        public int interleaved() {
            return DEPTH;
        }
    }
}
