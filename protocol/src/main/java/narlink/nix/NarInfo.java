package narlink.nix;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.Collectors;
import narlink.Sha256;

/// The text that describes one path of a binary cache: what a store knows of it, and where its NAR lies.
///
/// @param url relative to the cache's directory, never leaving it
/// @param compression `none`, `xz`, `zstd`, …
/// @param fileHash of the file at `url`
public record NarInfo(PathInfo info, String url, String compression, Optional<Sha256> fileHash, OptionalLong fileSize) {
    /// Far above what real ones have: a hundred bytes for each of some thousand references.
    public static final int MAX_LENGTH = 4 << 20;

    private static final String NO_DERIVER = "unknown-deriver";

    public NarInfo {
        boolean leaves =
                url.startsWith("/") || Arrays.asList(url.split("/", -1)).contains("..");
        if (url.isEmpty() || leaves || url.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
            throw new IllegalArgumentException("not a place inside of a binary cache: \"" + url + '"');
        }
    }

    /// How a NAR lies in a cache when it isn't compressed: then the file's hash is the NAR's.
    public static NarInfo uncompressed(PathInfo info) {
        return new NarInfo(
                info,
                "nar/" + Nix32.encode(info.narHash().bytes().toArray()) + ".nar",
                "none",
                Optional.of(info.narHash()),
                OptionalLong.of(info.narSize()));
    }

    /// The name of the file that holds this text.
    public static String fileName(StorePath path) {
        return path.digest() + ".narinfo";
    }

    /// Reads a narinfo.
    ///
    /// @throws IllegalArgumentException if `text` isn't a narinfo, or a path in it isn't a store path
    public static NarInfo parse(String text) {
        var fields = fields(text);
        var fileSize = fields.get("FileSize");
        var fileHash = fields.get("FileHash");
        return new NarInfo(
                info(fields),
                one(fields, "URL").orElseThrow(() -> lacks("URL")),
                one(fields, "Compression").filter(value -> !value.isEmpty()).orElse("bzip2"),
                fileHash == null ? Optional.empty() : Optional.of(HashText.parse(fileHash.getFirst())),
                fileSize == null ? OptionalLong.empty() : OptionalLong.of(size(fileSize.getFirst())));
    }

    private static PathInfo info(Map<String, List<String>> fields) {
        long narSize = size(one(fields, "NarSize").orElseThrow(() -> lacks("NarSize")));
        if (narSize == 0) {
            throw new IllegalArgumentException("narinfo with a NarSize of 0");
        }
        var references = new TreeSet<StorePath>();
        for (var reference : one(fields, "References").orElse("").split(" ", -1)) {
            if (!reference.isEmpty()) {
                references.add(StorePath.ofBaseName(reference));
            }
        }
        return new PathInfo(
                StorePath.parse(one(fields, "StorePath").orElseThrow(() -> lacks("StorePath"))),
                HashText.parse(one(fields, "NarHash").orElseThrow(() -> lacks("NarHash"))),
                narSize,
                references,
                one(fields, "Deriver")
                        .filter(value -> !value.isEmpty() && !value.equals(NO_DERIVER))
                        .map(StorePath::ofBaseName),
                fields.getOrDefault("Sig", List.of()),
                one(fields, "CA").filter(value -> !value.isEmpty()));
    }

    private static Map<String, List<String>> fields(String text) {
        if (text.length() > MAX_LENGTH || !text.endsWith("\n")) {
            throw new IllegalArgumentException("narinfo that is too long or ends in the middle of a line");
        }
        var fields = new HashMap<String, List<String>>();
        for (var line : text.substring(0, text.length() - 1).split("\n", -1)) {
            int colon = line.indexOf(": ");
            if (colon <= 0) {
                throw new IllegalArgumentException("not a line of a narinfo: \"" + line + '"');
            }
            fields.computeIfAbsent(line.substring(0, colon), unused -> new ArrayList<>())
                    .add(line.substring(colon + 2));
        }
        return fields;
    }

    private static Optional<String> one(Map<String, List<String>> fields, String key) {
        var values = fields.getOrDefault(key, List.of());
        if (values.size() > 1) {
            throw new IllegalArgumentException("narinfo with " + values.size() + " lines " + key);
        }
        return values.stream().findFirst();
    }

    private static long size(String text) {
        long size = Long.parseLong(text); // NumberFormatException is an IllegalArgumentException.
        if (size < 0) {
            throw new IllegalArgumentException("negative size " + text + " in a narinfo");
        }
        return size;
    }

    private static IllegalArgumentException lacks(String key) {
        return new IllegalArgumentException("narinfo without " + key);
    }

    /// The text, fields in Nix's own order.
    public String text() {
        var text = new StringBuilder();
        line(text, "StorePath", info.path().toString());
        line(text, "URL", url);
        line(text, "Compression", compression);
        fileHash.ifPresent(hash -> line(text, "FileHash", HashText.write(hash)));
        fileSize.ifPresent(size -> line(text, "FileSize", Long.toString(size)));
        line(text, "NarHash", HashText.write(info.narHash()));
        line(text, "NarSize", Long.toString(info.narSize()));
        line(
                text,
                "References",
                info.references().stream().map(StorePath::baseName).collect(Collectors.joining(" ")));
        info.deriver().ifPresent(deriver -> line(text, "Deriver", deriver.baseName()));
        info.signatures().forEach(signature -> line(text, "Sig", signature));
        info.ca().ifPresent(ca -> line(text, "CA", ca));
        return text.toString();
    }

    private static void line(StringBuilder text, String key, String value) {
        text.append(key).append(": ").append(value).append('\n');
    }
}
