package narlink.testkit.fuzz;

import java.io.IOException;
import java.util.List;

/// One decoder and what must hold of it, whatever it reads. Has a constructor without parameters, and keeps nothing
/// from one input to the next.
public interface FuzzTarget {
    /// Decodes `input` and checks what came out. Returns whether that is something or a documented refusal; whatever it
    /// throws is a defect.
    void accept(byte[] input) throws IOException;

    /// Well-formed inputs to begin with beside the corpus, the same each time.
    default List<byte[]> seeds() throws IOException {
        return List.of();
    }

    /// Inputs of the bounded run, beside those of the corpus.
    int executions();

    /// Bytes of the longest input.
    default int longest() {
        return 2048;
    }

    /// Bytes that one input may make it allocate.
    default long mostAllocated() {
        return 8L << 20;
    }
}
