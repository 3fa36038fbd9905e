package narlink.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import narlink.testkit.fuzz.FuzzTarget;

/// Names of pipes, as people type them.
final class PipeUrlTarget implements FuzzTarget {
    @Override
    public void accept(byte[] input) {
        var text = new String(input, StandardCharsets.UTF_8);
        PipeUrl url;
        try {
            url = PipeUrl.parse(text);
        } catch (IllegalArgumentException e) {
            assertEquals(IllegalArgumentException.class, e.getClass());
            return;
        }
        assertEquals(text, url.text());
    }

    @Override
    public List<byte[]> seeds() {
        return PipeUrl.FORMS.stream()
                .map(form -> form.replace("PORT", "9000").replace("PIPE", "stdio:"))
                .map(form -> form.replaceAll("\\[(\\?[a-z]+=.*)]", "$1"))
                .map(form -> form.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public int executions() {
        return 100_000;
    }

    @Override
    public int longest() {
        return 200;
    }
}
