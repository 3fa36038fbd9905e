package narlink.store;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import narlink.nix.Store;

/// Opens stores by their URLs.
public final class Stores {
    private static final String CHROOT = "local?root=";
    private static final String CACHE = "file://";

    private Stores() {}

    /// Opens a store, made on first use.
    ///
    /// @param url `daemon`, `local?root=DIR` or `file://DIR`
    public static Store open(String url, Options options) throws IOException {
        if (url.equals("daemon")) {
            return DaemonStore.system(options);
        } else if (url.startsWith(CHROOT)) {
            return DaemonStore.chroot(directory(url, CHROOT), options);
        } else if (url.startsWith(CACHE)) {
            return new CacheStore(directory(url, CACHE), options);
        }
        throw unknown(url);
    }

    private static Path directory(String url, String prefix) throws IOException {
        var text = url.substring(prefix.length());
        if (text.isEmpty() || text.contains("?") || text.contains("&") || text.contains("%")) {
            throw unknown(url);
        }
        try {
            return Path.of(text).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new IOException("no directory can have the name in store " + url, e);
        }
    }

    private static IOException unknown(String url) {
        return new IOException("can't open store \"" + url
                + "\": it must be daemon, local?root=DIR or file://DIR, with no ?, & or % in DIR");
    }
}
