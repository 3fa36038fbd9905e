package narlink.delta;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Opens compressed files, and what is compressed in them (§11.10): gzip members, zstd frames, xz blocks, members of
/// zip files. What is opened depends on the file and on what its [Gate] admits, so both ends see a base alike.
final class Opener {
    /// Larger files stay as they are, for they are held in memory while they are packed again; and so much is opened of
    /// one file, all levels together.
    static final int MOST = 16 << 20;

    /// So many times what was packed is looked into.
    static final int LEVELS = 3;

    /// What the first byte of a file must be.
    static boolean mayBePacked(byte first) {
        return first == 0x1f || first == 'P' || first == 0x28 || first == (byte) 0xfd;
    }

    enum Format {
        GZIP,
        /// A bare stream, in a zip file.
        DEFLATE,
        ZSTD,
        XZ
    }

    /// What might be opened.
    ///
    /// @param header what packing needs to know beside the contents
    record Candidate(Format format, byte[] packed, byte[] header, byte[] raw) {}

    /// Decides what is opened; asked in the order in which it begins, the outer before the inner.
    @FunctionalInterface
    interface Gate {
        /// @param place where it is, for recognizing it in a base
        /// @return how to pack it again, without the recipe of its contents; nothing to leave it as it is
        Optional<Recipe.Packed> admit(String place, Candidate candidate) throws IOException;
    }

    /// @param bytes what is to stand in the file's place
    record Shown(byte[] bytes, Recipe recipe) {}

    private final Gate gate;
    private int left;

    Opener(Gate gate) {
        this.gate = gate;
    }

    Optional<Shown> open(String place, byte[] file) throws IOException {
        left = MOST;
        return open(place, file, 1);
    }

    private Optional<Shown> open(String place, byte[] file, int level) throws IOException {
        if (level > LEVELS) return Optional.empty();
        var candidate = Gzip.open(file, left).or(() -> zstd(file));
        if (candidate.isEmpty()) candidate = Xz.open(file, left);
        if (candidate.isPresent()) return admitted(place, candidate.get(), level);
        var members = Zip.members(file);
        return members.isEmpty() ? Optional.empty() : members(place, file, members, level);
    }

    private Optional<Shown> admitted(String place, Candidate candidate, int level) throws IOException {
        var packed = gate.admit(place, candidate);
        if (packed.isEmpty()) return Optional.empty();
        left -= candidate.raw().length;
        var inner = open(place + "!", candidate.raw(), level + 1);
        var recipe = new Recipe.Packed(packed.get().packing(), packed.get().header(), inner.map(Shown::recipe));
        return Optional.of(new Shown(inner.map(Shown::bytes).orElse(candidate.raw()), recipe));
    }

    private Optional<Shown> members(String place, byte[] file, List<Zip.Member> members, int level) throws IOException {
        var out = new ByteArrayOutputStream(file.length);
        var opened = new ArrayList<Recipe.Member>();
        int at = 0;
        for (var member : members) {
            byte[] packed = Arrays.copyOfRange(file, member.start(), member.end());
            var within = place + "!" + member.name();
            Optional<Shown> shown;
            if (member.isStored()) {
                shown = open(within, packed, level + 1);
            } else {
                var raw = member.size() > left
                        ? Optional.<byte[]>empty()
                        : Gzip.inflate(packed, 0, packed.length, (int) member.size());
                shown = raw.isEmpty()
                        ? Optional.empty()
                        : admitted(within, new Candidate(Format.DEFLATE, packed, new byte[0], raw.get()), level);
            }
            if (shown.isEmpty()) continue;
            out.write(file, at, member.start() - at);
            out.writeBytes(shown.get().bytes());
            opened.add(new Recipe.Member(
                    member.start() - at, shown.get().bytes().length, shown.get().recipe()));
            at = member.end();
        }
        if (opened.isEmpty()) return Optional.empty();
        out.write(file, at, file.length - at);
        return Optional.of(new Shown(out.toByteArray(), new Recipe.Members(opened)));
    }

    /// A frame that tells its contents' size.
    private Optional<Candidate> zstd(byte[] file) {
        if (file.length < 9 || file[0] != 0x28 || file[1] != (byte) 0xb5 || file[2] != 0x2f || file[3] != (byte) 0xfd) {
            return Optional.empty();
        }
        long size = Zstd.getFrameContentSize(file);
        if (size < 1 || size > left) return Optional.empty();
        byte[] raw = new byte[(int) size];
        try {
            if (Zstd.decompress(raw, file) != size) return Optional.empty();
        } catch (ZstdException e) { // Not a frame after all.
            return Optional.empty();
        }
        boolean hasChecksum = (file[4] & 4) != 0;
        return Optional.of(new Candidate(Format.ZSTD, file, new byte[] {(byte) (hasChecksum ? 1 : 0)}, raw));
    }
}
