package narlink.wire;

import java.util.List;
import java.util.Optional;

/// Names a byte stream or datagram channel that the comms provide.
public sealed interface PipeUrl {
    /// What the user typed.
    String text();

    /// This process's standard input and output.
    record Stdio(String text) implements PipeUrl {}

    /// A TCP connection that this side opens, or with `listen` waits for.
    record Tcp(String text, HostPort address, boolean listen) implements PipeUrl {}

    /// UDP datagrams to `peer`; `listen` is the local address, and without it the system picks one. With an empty
    /// peer, answers go to whoever was heard last.
    record Udp(String text, Optional<HostPort> peer, Optional<HostPort> listen) implements PipeUrl {}

    /// A Unix domain stream socket.
    record Unix(String text, String path, boolean listen) implements PipeUrl {}

    /// A program whose standard input is the forward link of whoever starts it, and whose output is the return link.
    record Exec(String text, String command) implements PipeUrl {}

    /// Two files or FIFOs: `up` is read on board and written on Earth, `down` the other way round.
    record Files(String text, String up, String down) implements PipeUrl {}

    /// A serial line.
    ///
    /// @param baud bits per second on the line
    record Serial(String text, String device, int baud) implements PipeUrl {
        /// Where none is said.
        public static final int BAUD = 115_200;
    }

    /// Directories between which the comms move whole files: `out` is written by this end, `in` read.
    record Drop(String text, String out, String in) implements PipeUrl {}

    /// A pipe of which only one direction exists.
    ///
    /// @param up whether that is the one to the satellite
    record Simplex(String text, boolean up, PipeUrl pipe) implements PipeUrl {}

    record HostPort(String host, int port) {
        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    List<String> FORMS = List.of(
            "stdio:",
            "tcp://HOST:PORT",
            "tcp-listen://HOST:PORT",
            "udp://HOST:PORT[?listen=HOST:PORT]",
            "unix:PATH",
            "unix-listen:PATH",
            "exec:COMMAND",
            "file:UP,DOWN",
            "serial:DEVICE[?baud=115200]",
            "drop:OUTDIR,INDIR",
            "simplex-up:PIPE",
            "simplex-down:PIPE");

    /// Parses a pipe URL; an `IllegalArgumentException` says which forms there are.
    static PipeUrl parse(String text) {
        if (text.equals("stdio:")) return new Stdio(text);
        var tcp = after(text, "tcp://");
        if (tcp.isPresent()) return new Tcp(text, hostPort(text, tcp.get(), false), false);
        var tcpListen = after(text, "tcp-listen://");
        if (tcpListen.isPresent()) return new Tcp(text, hostPort(text, tcpListen.get(), true), true);
        var udp = after(text, "udp://");
        if (udp.isPresent()) return udp(text, udp.get());
        var unix = after(text, "unix:").filter(path -> !path.isEmpty());
        if (unix.isPresent()) return new Unix(text, unix.get(), false);
        var unixListen = after(text, "unix-listen:").filter(path -> !path.isEmpty());
        if (unixListen.isPresent()) return new Unix(text, unixListen.get(), true);
        var exec = after(text, "exec:").filter(command -> !command.isBlank());
        if (exec.isPresent()) return new Exec(text, exec.get());
        var files = after(text, "file:");
        if (files.isPresent()) return files(text, files.get());
        var serial = after(text, "serial:").filter(device -> !device.isEmpty());
        if (serial.isPresent()) return serial(text, serial.get());
        var drop = after(text, "drop:");
        if (drop.isPresent()) {
            var two = two(text, drop.get(), "two directories");
            return new Drop(text, two.getFirst(), two.getLast());
        }
        var up = after(text, "simplex-up:");
        if (up.isPresent()) return simplex(text, true, up.get());
        var down = after(text, "simplex-down:");
        if (down.isPresent()) return simplex(text, false, down.get());
        throw wrong(text, "not a pipe");
    }

    private static PipeUrl udp(String text, String rest) {
        int query = rest.indexOf('?');
        var target = query < 0 ? rest : rest.substring(0, query);
        var listen = query < 0
                ? Optional.<HostPort>empty()
                : Optional.of(hostPort(
                        text,
                        after(rest.substring(query), "?listen=")
                                .orElseThrow(() -> wrong(text, "only ?listen=HOST:PORT may follow")),
                        true));
        var peer = target.isEmpty() ? Optional.<HostPort>empty() : Optional.of(hostPort(text, target, false));
        if (peer.isEmpty() && listen.isEmpty()) throw wrong(text, "neither a peer nor ?listen=HOST:PORT");
        return new Udp(text, peer, listen);
    }

    private static PipeUrl files(String text, String rest) {
        var two = two(text, rest, "two file names");
        return new Files(text, two.getFirst(), two.getLast());
    }

    private static List<String> two(String text, String rest, String what) {
        int comma = rest.indexOf(',');
        if (comma <= 0 || comma == rest.length() - 1) throw wrong(text, what + ", split by a comma, are needed");
        return List.of(rest.substring(0, comma), rest.substring(comma + 1));
    }

    private static PipeUrl serial(String text, String rest) {
        int query = rest.indexOf('?');
        if (query < 0) return new Serial(text, rest, Serial.BAUD);
        var baud = after(rest.substring(query), "?baud=")
                .filter(digits -> digits.matches("[1-9][0-9]{0,7}"))
                .orElseThrow(() -> wrong(text, "only ?baud=NUMBER may follow the device"));
        if (query == 0) throw wrong(text, "no device is named");
        return new Serial(text, rest.substring(0, query), Integer.parseInt(baud));
    }

    private static PipeUrl simplex(String text, boolean up, String rest) {
        var pipe = parse(rest);
        if (pipe instanceof Simplex) throw wrong(text, "one direction can be taken away only once");
        return new Simplex(text, up, pipe);
    }

    private static HostPort hostPort(String text, String hostPort, boolean anyPort) {
        int colon = hostPort.lastIndexOf(':');
        var host = colon <= 0 ? "" : hostPort.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) host = host.substring(1, host.length() - 1);
        int port;
        try {
            port = Integer.parseInt(hostPort.substring(colon + 1));
        } catch (NumberFormatException e) {
            throw wrong(text, "\"" + hostPort + "\" has no port number");
        }
        if (host.isEmpty() || port < (anyPort ? 0 : 1) || port > 65_535) {
            throw wrong(text, "\"" + hostPort + "\" is not HOST:PORT");
        }
        return new HostPort(host, port);
    }

    private static Optional<String> after(String text, String prefix) {
        return text.startsWith(prefix) ? Optional.of(text.substring(prefix.length())) : Optional.empty();
    }

    private static IllegalArgumentException wrong(String text, String why) {
        return new IllegalArgumentException(
                "pipe \"" + text + "\": " + why + "; use one of " + String.join(", ", FORMS));
    }
}
