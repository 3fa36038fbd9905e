package narlink.testkit.vectors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import narlink.delta.DeltaVectors;

/// The program that writes `proto/vectors` (§14.2), the same bytes each time.
public final class ConformanceVectors {
    private ConformanceVectors() {}

    /// Files by their names.
    static Map<String, String> files() throws IOException {
        var files = new TreeMap<String, String>();
        files.put("frames.txt", WireVectors.frames().toString());
        files.put("segments.txt", WireVectors.segmentFile().toString());
        files.put("fec.txt", ObjectVectors.fec().toString());
        files.put("manifest.txt", ObjectVectors.manifests().toString());
        files.put("pack.txt", DeltaVectors.file().toString());
        files.put("inventory.txt", ObjectVectors.inventory().toString());
        return files;
    }

    /// @param arguments the directory
    public static void main(String[] arguments) throws IOException {
        var directory = Files.createDirectories(Path.of(arguments[0]));
        for (var file : files().entrySet()) Files.writeString(directory.resolve(file.getKey()), file.getValue());
    }
}
