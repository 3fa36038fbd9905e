package narlink.ground.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.regex.Pattern;

/// Where HTTP is served.
///
/// @param host a name or an address, IPv6 in brackets
/// @param port 0: any that is free
public record HttpAddress(String host, int port) {
    private static final Pattern GRAMMAR = Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.%]+])?:([0-9]{1,5})");
    private static final int MAX_PORT = 65_535;
    private static final String LOOPBACK = "127.0.0.1";

    /// Reads `HOST:PORT` or `:PORT`, which is on loopback.
    ///
    /// @throws IllegalArgumentException if it is neither
    public static HttpAddress parse(String text) {
        var parts = GRAMMAR.matcher(text);
        if (!parts.matches() || Integer.parseInt(parts.group(2)) > MAX_PORT) {
            throw new IllegalArgumentException("\"" + text + "\" is no HOST:PORT, such as 127.0.0.1:8470");
        }
        var host = parts.group(1);
        return new HttpAddress(host == null ? LOOPBACK : host, Integer.parseInt(parts.group(2)));
    }

    InetSocketAddress socket() throws IOException {
        var bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        var socket = new InetSocketAddress(bare, port);
        if (socket.isUnresolved()) throw new IOException("cannot serve HTTP on " + this + ": unknown host");
        return socket;
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
