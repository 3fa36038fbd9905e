package narlink.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PipeUrlTest {
    @Test
    void readsEachForm() {
        assertEquals(new PipeUrl.Stdio("stdio:"), PipeUrl.parse("stdio:"));
        assertEquals(
                new PipeUrl.Tcp("tcp://[::1]:9000", new PipeUrl.HostPort("::1", 9000), false),
                PipeUrl.parse("tcp://[::1]:9000"));
        assertEquals(
                new PipeUrl.Tcp("tcp-listen://0.0.0.0:0", new PipeUrl.HostPort("0.0.0.0", 0), true),
                PipeUrl.parse("tcp-listen://0.0.0.0:0"));
        assertEquals(
                new PipeUrl.Udp(
                        "udp://a:1?listen=b:2",
                        Optional.of(new PipeUrl.HostPort("a", 1)),
                        Optional.of(new PipeUrl.HostPort("b", 2))),
                PipeUrl.parse("udp://a:1?listen=b:2"));
        assertEquals(new PipeUrl.Unix("unix:/x", "/x", false), PipeUrl.parse("unix:/x"));
        assertEquals(new PipeUrl.Unix("unix-listen:/x", "/x", true), PipeUrl.parse("unix-listen:/x"));
        assertEquals(new PipeUrl.Exec("exec:a b | c", "a b | c"), PipeUrl.parse("exec:a b | c"));
        assertEquals(new PipeUrl.Files("file:up,down", "up", "down"), PipeUrl.parse("file:up,down"));
        assertEquals(new PipeUrl.Drop("drop:out,in", "out", "in"), PipeUrl.parse("drop:out,in"));
        assertEquals(new PipeUrl.Serial("serial:/dev/x", "/dev/x", 115_200), PipeUrl.parse("serial:/dev/x"));
        assertEquals(
                new PipeUrl.Serial("serial:/dev/x?baud=9600", "/dev/x", 9600),
                PipeUrl.parse("serial:/dev/x?baud=9600"));
        var stdio = new PipeUrl.Stdio("stdio:");
        assertEquals(new PipeUrl.Simplex("simplex-up:stdio:", true, stdio), PipeUrl.parse("simplex-up:stdio:"));
        assertEquals(new PipeUrl.Simplex("simplex-down:stdio:", false, stdio), PipeUrl.parse("simplex-down:stdio:"));
        var listening = new PipeUrl.HostPort("0.0.0.0", 0);
        assertEquals(
                new PipeUrl.Udp("udp://?listen=0.0.0.0:0", Optional.empty(), Optional.of(listening)),
                PipeUrl.parse("udp://?listen=0.0.0.0:0"));
        assertEquals("[::1]:9000", new PipeUrl.HostPort("::1", 9000).toString());
        assertEquals("0.0.0.0:0", listening.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "stdio",
                "tcp://",
                "tcp://host",
                "tcp://host:0",
                "tcp://host:65536",
                "tcp://:1",
                "tcp://h:x",
                "udp://",
                "udp://h:1?port=2",
                "unix:",
                "exec: ",
                "file:up",
                "file:,down",
                "file:up,",
                "serial:",
                "serial:?baud=9600",
                "serial:/dev/x?baud=0",
                "serial:/dev/x?baud=123456789",
                "serial:/dev/x?parity=even",
                "drop:out",
                "drop:,in",
                "simplex-up:",
                "simplex-up:simplex-down:stdio:",
                "tcp://[]:1",
                "ftp://h:1",
                "tcp:h:1"
            })
    void anythingElseIsToldWhatThereIs(String text) {
        var error = assertThrows(IllegalArgumentException.class, () -> PipeUrl.parse(text));
        assertTrue(String.valueOf(error.getMessage()).contains("tcp-listen://HOST:PORT"), error.getMessage());
    }
}
