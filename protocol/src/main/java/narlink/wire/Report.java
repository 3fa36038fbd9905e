package narlink.wire;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.StorePath;

/// The state of a receiver (§7), cumulative: any one report replaces all before it.
///
/// @param sequence grows with every report, over restarts too: boots · 2^32 + count
/// @param version the protocol version that the receiver speaks
/// @param features bit set of what it understands beyond that
/// @param time by the receiver's clock
/// @param system Nix's name of the machine, as `aarch64-linux`
/// @param storeDigest the whole of it, or its first [#DIGEST_BYTES]
/// @param poll the last one heard since this boot, 0 if none
/// @param symbols symbols that arrived authentic since this boot
/// @param gaps runs of symbols that got lost, as the gaps in a block's ESIs tell, since this boot
/// @param counters what was refused since this boot
/// @param deployments the newest first, as many as fit
/// @param command the last one carried out, 0 if none
/// @param results of the newest commands, the newest first
/// @param damaged what is known to be damaged; empty if nothing was ever read
public record Report(
        long sequence,
        int version,
        long features,
        Instant time,
        Bytes storeDigest,
        int validPaths,
        long freeBytes,
        String system,
        int poll,
        long symbols,
        long gaps,
        Map<Counter, Long> counters,
        List<DeploymentReport> deployments,
        List<ProfileReport> profiles,
        int lowestOpen,
        int command,
        List<CommandResult> results,
        Optional<Damage> damaged)
        implements Message {
    public static final int MAX_DEPLOYMENTS = 64;
    public static final int MAX_PROFILES = 64;
    public static final int HASH_PREFIX = 8;
    /// In place of a store digest: the store has not been looked at since the receiver was started (§9.3).
    public static final Sha256 NO_DIGEST = new Sha256(Bytes.of(new byte[Sha256.LENGTH]));
    /// Bytes of a store digest that a report tells at least: what goes down is that short.
    public static final int DIGEST_BYTES = 16;
    /// Feature: it answers a [StoreQuestion].
    public static final long ANSWERS = 1;
    /// Feature: it opens sealed symbols (§3.6).
    public static final long SEALS = 2;
    public static final int MAX_RESULTS = 8;
    /// So many of the newest commands are told without a gap, if so many results are told; of older ones only those
    /// that took their time.
    public static final int RECENT_RESULTS = 4;
    /// Longest reason or output tail, in bytes.
    public static final int MAX_TEXT = 200;

    public Report {
        if (validPaths < 0 || freeBytes < 0) {
            throw new IllegalArgumentException(validPaths + " paths and " + freeBytes + " bytes free");
        }
        if (storeDigest.size() != DIGEST_BYTES && storeDigest.size() != Sha256.LENGTH) {
            throw new IllegalArgumentException("store digest of " + storeDigest.size() + " bytes");
        }
        counters = Map.copyOf(counters);
        deployments = List.copyOf(deployments);
        profiles = List.copyOf(profiles);
        results = List.copyOf(results);
    }

    /// Starts of the receiver, counted durably.
    public int boots() {
        return (int) (sequence >>> 32);
    }

    /// Whether the store has been looked at.
    public boolean knowsStore() {
        return !NO_DIGEST.bytes().startsWith(storeDigest);
    }

    /// Whether that is the digest of the store.
    public boolean isOfStore(Sha256 digest) {
        return digest.bytes().startsWith(storeDigest);
    }

    /// What of the store's digest each report tells.
    public Bytes shortDigest() {
        return storeDigest.slice(0, DIGEST_BYTES);
    }

    /// What reports and announcements tell of that digest.
    public static Bytes shortDigest(Sha256 digest) {
        return digest.bytes().slice(0, DIGEST_BYTES);
    }

    /// What is counted, in the order of the wire's field numbers.
    public enum Counter {
        FRAMES_BAD("framesBad"),
        SEGMENTS_MALFORMED("segmentsMalformed"),
        SEGMENTS_UNKNOWN_KEY("segmentsUnknownKey"),
        SEGMENTS_BAD_SIGNATURE("segmentsBadSignature"),
        SEGMENTS_UNAUTHORIZED("segmentsUnauthorized"),
        SEGMENTS_UNKNOWN_KIND("segmentsUnknownKind"),
        SEGMENTS_DUPLICATE("segmentsDuplicate"),
        ANNOUNCEMENTS_REPLAYED("announcementsReplayed"),
        ANNOUNCEMENTS_EXPIRED("announcementsExpired"),
        BLOCKS_BAD("blocksBad"),
        SEGMENTS_ACCEPTED("segmentsAccepted");

        private final String key;

        Counter(String key) {
            this.key = key;
        }

        /// Its name in JSON.
        public String key() {
            return key;
        }
    }

    /// One deployment.
    ///
    /// @param reason why it waits or how it ended
    /// @param blocksDone source blocks of the pack that are durable and verified
    /// @param blocks source blocks of the pack
    /// @param exitStatus of the last command that ran for it, -1 when none did
    /// @param manifestHash its first [#HASH_PREFIX] bytes: which deployment of that number it is
    /// @param unusable paths of its manifest that it can't use, at most [#MAX_UNUSABLE]
    /// @param storeMoved whether the store was not in the announced state before its first path came
    public record DeploymentReport(
            int deployment,
            DeploymentState state,
            String reason,
            int blocksDone,
            int blocks,
            int paths,
            int pathsDone,
            Missing manifest,
            Missing pack,
            int exitStatus,
            Bytes outputTail,
            Bytes manifestHash,
            List<Unusable> unusable,
            boolean storeMoved) {
        public static final int MAX_UNUSABLE = 16;

        public DeploymentReport {
            unusable = List.copyOf(unusable);
        }

        /// One that has all that it needs on board.
        public DeploymentReport(
                int deployment,
                DeploymentState state,
                String reason,
                int blocksDone,
                int blocks,
                int paths,
                int pathsDone,
                Missing manifest,
                Missing pack,
                int exitStatus,
                Bytes outputTail,
                Bytes manifestHash) {
            this(
                    deployment,
                    state,
                    reason,
                    blocksDone,
                    blocks,
                    paths,
                    pathsDone,
                    manifest,
                    pack,
                    exitStatus,
                    outputTail,
                    manifestHash,
                    List.of(),
                    false);
        }

        /// Whether this tells of just that deployment, and not of another with its number.
        public boolean isOf(Announcement announcement) {
            return deployment == announcement.deployment() && manifestHash.equals(prefix(announcement));
        }

        /// What [#manifestHash] is for an announcement.
        public static Bytes prefix(Announcement announcement) {
            return announcement.manifestHash().bytes().slice(0, HASH_PREFIX);
        }

        public Missing missing(FecObject object) {
            return object == FecObject.MANIFEST ? manifest : pack;
        }
    }

    /// Which paths are known to be damaged, in few bytes.
    ///
    /// @param sum exclusive or of the lower 32 bits of their [narlink.inventory.PathId]s
    public record Damage(int paths, int sum) {
        public static final Damage NONE = new Damage(0, 0);

        public Damage {
            if (paths < 0) throw new IllegalArgumentException(paths + " damaged paths");
        }

        public Damage with(long id) {
            return new Damage(paths + 1, sum ^ (int) id);
        }
    }

    /// A path that a manifest counts on in vain.
    ///
    /// @param index the manifest's: known paths first, then its own
    /// @param damaged whether it is there, but with other contents than Earth's
    public record Unusable(int index, boolean damaged) {}

    /// Symbols still missing in the blocks from `first` on. Blocks before are done.
    ///
    /// @param untouched whether nothing has come of any block behind the list; else nothing is said of them
    public record Missing(int first, List<Integer> symbols, boolean untouched) {
        /// More would not fit the report.
        public static final int MAX_BLOCKS = 64;

        public static final Missing NONE = new Missing(0, List.of());

        public Missing(int first, List<Integer> symbols) {
            this(first, symbols, false);
        }

        public Missing {
            symbols = List.copyOf(symbols);
        }
    }

    /// A profile under narlink's care.
    ///
    /// @param path digest part of the store path that it points at, or its first [#PATH_BYTES]
    /// @param activation what an activation that is under way, or failed to roll back, has come to
    public record ProfileReport(
            String name, int generation, Bytes path, boolean confirmed, Optional<DeploymentState> activation) {
        /// Bytes of a path's digest part that a report tells at least: what goes down is that short.
        public static final int PATH_BYTES = 8;

        public ProfileReport {
            if (path.size() < PATH_BYTES || path.size() > StorePath.DIGEST_BYTES) {
                throw new IllegalArgumentException("digest part of " + path.size() + " bytes");
            }
        }

        /// Whether it points at that path, as far as is told.
        public boolean leadsTo(StorePath other) {
            return Bytes.of(other.digestBytes()).startsWith(path);
        }
    }

    /// What became of a command.
    ///
    /// @param text what there is to say, or a piece of a log; at most [#MAX_TEXT] bytes
    /// @param logSize bytes of the whole log, where a piece of one was asked for
    public record CommandResult(int number, Outcome outcome, Bytes text, int logSize) {
        public static final int MAX_TEXT = 240;

        /// In the order of the wire's numbers.
        public enum Outcome {
            /// Begun; the outcome follows.
            PENDING,
            DONE,
            /// Nothing was changed.
            REFUSED,
            FAILED
        }
    }
}
