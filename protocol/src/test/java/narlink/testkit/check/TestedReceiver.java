package narlink.testkit.check;

import java.util.List;

/// Your receiver: it has the name and trusts the mission key that a [SampleDeployment] says, and its store is empty.
public interface TestedReceiver {
    /// Takes a segment off the link.
    void hear(byte[] segment) throws Exception;

    /// All segments that it sends, in order, until it has nothing more to do with what it heard; a report at least.
    List<byte[]> answers() throws Exception;
}
