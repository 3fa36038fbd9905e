package narlink.flight;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import narlink.pipe.Pipes;
import narlink.wire.PipeUrl;

/// All pipes of a receiver, each carried by a thread of its own: what any of them hears counts, and reports go out by
/// all of them.
final class PipeLoops implements Closeable {
    private final List<Pipes.Source> sources;
    private final Optional<Duration> turnaround;

    private PipeLoops(List<Pipes.Source> sources, Optional<Duration> turnaround) {
        this.sources = sources;
        this.turnaround = turnaround;
    }

    /// @param turnaround of links that carry one direction at a time
    static PipeLoops of(List<String> urls, Optional<Duration> turnaround) throws IOException {
        var opened = new PipeLoops(new ArrayList<>(), turnaround);
        try {
            for (var url : urls) opened.sources.add(Pipes.source(PipeUrl.parse(url), Pipes.End.FLIGHT));
            return opened;
        } catch (IOException | IllegalArgumentException e) {
            opened.close();
            throw e;
        }
    }

    /// Goes on for ever, or with `once` until each pipe has ended once.
    void carry(ReceptionLoop reception, boolean once) throws IOException, InterruptedException {
        var others = new ArrayList<FutureTask<Boolean>>();
        for (var source : sources.subList(1, sources.size())) {
            var task = new FutureTask<>(() -> {
                new PipeLoop(source, reception, turnaround).run(once);
                return true;
            });
            Thread.ofPlatform().daemon().name("pipe").start(task);
            others.add(task);
        }
        new PipeLoop(sources.getFirst(), reception, turnaround).run(once);
        for (var other : others) {
            try {
                other.get();
            } catch (ExecutionException e) {
                throw new IOException(
                        e.getCause() == null ? e.getMessage() : e.getCause().getMessage(), e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (var source : sources) source.close();
    }
}
