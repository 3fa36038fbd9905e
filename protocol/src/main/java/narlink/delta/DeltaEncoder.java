package narlink.delta;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import narlink.nix.NarException;

/// Writes a pack of [Delta]. Images are read one after the other and matched on all processors; the streams are coded
/// when the last path is in, and then laid out as a decoder asks for them.
final class DeltaEncoder implements Codec.Encoder {
    /// Megabytes of memory for images that are being matched.
    private static final int MEMORY = 700;

    /// Bytes of memory for each byte of a base that is being matched: text, symbols, order and what sorting takes.
    private static final int FACTOR = 14;

    private final OutputStream pack;
    private final Set<Opener.Format> opened;
    private final OptionalInt coder;
    private final long large;
    private final Path scratch;
    private final MixtureEncoder mixture;
    private final ExecutorService workers;
    private final ExecutorService mixer;
    private final Semaphore memory = new Semaphore(MEMORY);
    private final List<Future<Drafts>> drafts = new ArrayList<>();
    private final List<Closeable> open = new ArrayList<>(); // Temporary files.
    private final List<Long> narSizes = new ArrayList<>();
    private final List<Costs> files = new ArrayList<>();
    private final List<Codec.Cost> costs = new ArrayList<>();

    /// @param opened what is opened
    /// @param coder to be taken for all streams that it can code
    /// @param large bytes of an image above which it lies in a temporary file
    /// @param rawBytes all NARs together
    DeltaEncoder(
            OutputStream pack, Set<Opener.Format> opened, OptionalInt coder, long large, long rawBytes, Path scratch) {
        this.pack = pack;
        this.opened = opened;
        this.coder = coder;
        this.large = large;
        this.scratch = scratch;
        this.mixture = new MixtureEncoder(slotBits(rawBytes));
        var threads = Thread.ofPlatform().daemon().name("delta-", 0).factory();
        this.workers = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(), threads);
        this.mixer = Executors.newSingleThreadExecutor(threads);
    }

    /// More slots save a few bytes of large updates, and cost the receiver its memory.
    private static final int MOST_SLOT_BITS = 22;

    /// Tables of a size that the data can fill.
    private static int slotBits(long rawBytes) {
        return Math.clamp(64 - Long.numberOfLeadingZeros(rawBytes), 16, MOST_SLOT_BITS);
    }

    @Override
    public void add(Codec.NewPath path, Codec.NarSource nar) throws IOException {
        narSizes.add(path.narSize());
        long baseSize = path.bases().stream().mapToLong(Codec.Base::narSize).sum();
        boolean isLarge = Math.max(path.narSize(), baseSize) > large;
        if (isLarge && baseSize == 0) {
            whole(path, nar);
            return;
        }
        var gate = new NewGate(opened, path.narSize());
        var spent = new Costs();
        files.add(spent);
        var image = image(isLarge);
        var base = image(isLarge);
        try {
            var recipes = ImageBuilder.build(image, List.of(), new Opener(gate), nar, path.narSize(), spent);
            match(base, image, read(path, base, gate), recipes, spent);
        } catch (NarException e) {
            drop(base, image);
            throw new IOException(path.path() + " is no proper NAR: " + e.getMessage() + "; verify that store", e);
        } catch (IOException | RuntimeException e) {
            drop(base, image);
            throw e;
        }
    }

    private void whole(Codec.NewPath path, Codec.NarSource nar) throws IOException {
        files.add(new Costs());
        var whole = new Drafts(scratch);
        open.add(whole);
        whole.whole(path, nar);
        drafts.add(mixer.submit(() -> {
            mixture.whole(whole, path.narSize());
            return whole;
        }));
    }

    private Image image(boolean isLarge) throws IOException {
        return isLarge ? new Image.Stored(scratch) : new Image.Memory();
    }

    private static void drop(Image base, Image image) throws IOException {
        try (base) {
            image.close();
        }
    }

    private void match(Image base, Image image, Set<Integer> closed, Map<Integer, Recipe> recipes, Costs spent) {
        boolean inMemory = image instanceof Image.Memory;
        int kept = inMemory ? Math.min(MEMORY / 2, megabytes(base.size() + image.size())) : 0;
        int used = inMemory ? Math.min(MEMORY - kept, megabytes(base.size() * FACTOR)) : MEMORY / 2;
        memory.acquireUninterruptibly(kept + used);
        var made = new Drafts(scratch);
        open.add(made);
        var matched = workers.submit(() -> {
            try {
                made.made(base, image, closed, recipes, large);
                return made;
            } finally {
                memory.release(used);
            }
        });
        drafts.add(mixer.submit(() -> {
            try {
                result(matched);
                if (made.isSame()) mixture.end();
                else mixture.made(made, base, image.size(), spent);
                spent.end();
                return made;
            } finally {
                drop(base, image);
                memory.release(kept);
            }
        }));
    }

    private static int megabytes(long bytes) {
        return (int) (bytes >> 20) + 1;
    }

    /// What stays closed in the new path stays so in its bases.
    private static Set<Integer> read(Codec.NewPath path, Image base, NewGate gate) throws IOException {
        var closed = new TreeSet<Integer>();
        var next = new AtomicInteger();
        var all = new BaseGate(Set.of());
        var opener = new Opener((place, candidate) -> {
            int number = next.getAndIncrement();
            if (!gate.isOpaque(place)) return all.admit(place, candidate);
            closed.add(number);
            return Optional.empty();
        });
        for (var one : path.bases()) {
            ImageBuilder.build(base, one.rewrites(), opener, one.nar(), one.narSize(), (place, at) -> {});
        }
        return closed;
    }

    @Override
    public void close() throws IOException {
        try {
            var raw = new EnumMap<Stream, Pile>(Stream.class);
            for (var stream : Stream.values()) raw.put(stream, pile());
            for (var draft : drafts) {
                var done = result(draft);
                for (var pile : raw.entrySet()) done.stream(pile.getKey()).writeTo(pile.getValue());
                done.close();
            }
            layOut(code(raw), raw);
        } finally {
            workers.shutdownNow();
            mixer.shutdownNow();
            for (var one : open) one.close();
        }
    }

    private Pile pile() {
        var pile = new Pile(scratch);
        open.add(pile);
        return pile;
    }

    private Map<Stream, Coder.Coded> code(Map<Stream, Pile> raw) throws IOException {
        var futures = new EnumMap<Stream, Future<Coder.Coded>>(Stream.class);
        raw.forEach((stream, bytes) -> {
            Callable<Coder.Coded> task = () -> code(stream, bytes);
            futures.put(stream, workers.submit(task));
        });
        var coded = new EnumMap<Stream, Coder.Coded>(Stream.class);
        for (var future : futures.entrySet()) coded.put(future.getKey(), result(future.getValue()));
        coded.values().forEach(one -> open.add(one.bytes()));
        return coded;
    }

    private Coder.Coded code(Stream stream, Pile raw) throws IOException {
        if (coder.isPresent() && coder.getAsInt() != Coder.MIXED) {
            return Coder.encode(raw, stream, coder.getAsInt(), scratch);
        }
        var mixed = mixture.finish(stream, scratch);
        if (mixed.isEmpty()) return Coder.encode(raw, stream, Long.MAX_VALUE / 2, scratch);
        if (coder.isPresent()) return mixed.get();
        long enough = mixed.get().bytes().size();
        var other = Coder.encode(raw, stream, enough, scratch);
        var dropped = other.bytes().size() <= enough ? mixed.get() : other;
        if (dropped.bytes() != raw) dropped.bytes().close();
        return dropped == other ? mixed.get() : other;
    }

    /// Writes the chunks in the order in which a decoder asks for them, by being one.
    private void layOut(Map<Stream, Coder.Coded> coded, Map<Stream, Pile> raw) throws IOException {
        var header = new ByteArrayOutputStream();
        Streams.writeHeader(header, coded);
        header.writeTo(pack);
        var chunks = new EnumMap<Stream, InputStream>(Stream.class);
        for (var one : coded.entrySet())
            chunks.put(one.getKey(), one.getValue().bytes().read());
        var streams = Streams.read(new ByteArrayInputStream(header.toByteArray()), (target, wanted) -> {
            var rest = chunks.get(wanted);
            byte[] chunk = rest == null ? new byte[0] : rest.readNBytes(Streams.CHUNK);
            if (chunk.length == 0) throw new IllegalStateException("no more of stream " + wanted);
            pack.write(wanted.ordinal());
            pack.write(chunk);
            target.arrived(wanted, chunk);
        });
        try (var source = new LayoutSource(streams, raw, mixture)) {
            layOut(source, streams);
        } finally {
            for (var rest : chunks.values()) rest.close();
        }
    }

    private void layOut(LayoutSource source, Streams streams) throws IOException {
        var script = new Script(source);
        long before = 0;
        for (int i = 0; i < narSizes.size(); i++) {
            var head = script.head(narSizes.get(i));
            if (head.method() == Script.WHOLE) script.whole(narSizes.get(i), (bytes, offset, length) -> {});
            if (head.method() == Script.CHANGED) {
                script.run(Image.NONE, head.imageSize(), (bytes, offset, length) -> {});
            }
            long size = streams.taken() - before + source.taken(i);
            costs.add(new Codec.Cost(size, method(head), files.get(i).largest(size)));
            before = streams.taken();
        }
        streams.end();
    }

    private static Codec.Method method(Script.Head head) {
        return switch (head.method()) {
            case Script.WHOLE -> Codec.Method.WHOLE;
            case Script.SAME -> Codec.Method.SAME;
            default -> Codec.Method.CHANGED;
        };
    }

    private static <T> T result(Future<T> future) throws IOException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) throw new IOException(cause.getMessage(), cause);
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while packing", e);
        }
    }

    @Override
    public List<Codec.Cost> costs() {
        return List.copyOf(costs);
    }
}
