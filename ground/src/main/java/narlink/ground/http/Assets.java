package narlink.ground.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;

/// The dashboard's files, which lie in the jar.
final class Assets {
    private static final String PAGE = "dashboard.html";
    private static final Map<String, String> TYPES = Map.of(
            PAGE,
            "text/html; charset=utf-8",
            "dashboard.css",
            "text/css; charset=utf-8",
            "dashboard.js",
            "text/javascript; charset=utf-8",
            "icon.svg",
            "image/svg+xml");

    private final Map<String, Answer> files = new java.util.TreeMap<>();

    Assets() {
        TYPES.forEach((name, type) -> files.put(name, new Answer(200, type, read(name))));
    }

    private static byte[] read(String name) {
        try (var in = Assets.class.getResourceAsStream(name)) {
            if (in == null) throw new IllegalStateException(name + " is missing in the jar");
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The page, which is the same for the fleet and for each satellite, or a file that it names.
    Optional<Answer> find(String path) {
        boolean page = path.equals("/") || path.startsWith("/satellites/");
        return Optional.ofNullable(files.get(page ? PAGE : path.startsWith("/assets/") ? path.substring(8) : ""));
    }
}
