package narlink.flight;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import narlink.Bytes;
import narlink.Sha256;
import narlink.delta.CorruptPackException;
import narlink.nix.Store;
import narlink.nix.StoreDigest;
import narlink.pack.MalformedManifestException;
import narlink.pack.Manifest;
import narlink.pack.Outline;
import narlink.wire.FecObject;
import narlink.wire.StoreAnswer;
import narlink.wire.StoreQuestion;

/// The one thread that works on the store: imports, makes generations, looks around. Answers come as inputs.
final class Hands implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Hands.class.getName());
    /// Of Earth's, that wait to be answered.
    private static final int MAX_QUESTIONS = 8;

    /// Without progress for so long the store counts as hung.
    static final long PATIENCE_MILLIS = 30 * 60_000;

    private final FlightState files;
    private final Store store;
    private final Importer importer;
    private final Census census;
    private final Scrub scrub;
    private final Room room;
    private final BiConsumer<Integer, Input> answers;
    private final Consumer<StoreView> views;
    private final PackStream.Signal signal;
    private final Object guard = new Object();
    // These four guarded by it.
    private final Set<Integer> queued = new HashSet<>(); // Deployments whose import is submitted or runs.
    private final Set<Integer> fresh = new HashSet<>(); // Those of them that have got something since they last ran.
    private final Set<Integer> ended = new HashSet<>();
    private int running;
    private final AtomicLong progress = new AtomicLong();
    private long progressSeen;
    private long progressAt;
    private final AtomicInteger busy = new AtomicInteger();
    private final AtomicBoolean scanning = new AtomicBoolean();
    private final AtomicInteger questions = new AtomicInteger();
    private final ExecutorService thread;

    /// @param reserve bytes that are to stay free on the disk
    Hands(
            FlightState files,
            Store store,
            long reserve,
            BiConsumer<Integer, Input> answers,
            Consumer<StoreView> views,
            Workers workers)
            throws IOException {
        this.files = files;
        this.store = store;
        this.signal = new PackStream.Signal(workers.lock());
        this.thread = workers.worker("hands");
        this.scrub = new Scrub(store, files, workers);
        this.census = new Census(store, scrub, progress::incrementAndGet);
        this.room = new Room(store, files.disk(), reserve);
        this.importer =
                new Importer(store, files.nixKey(), files.satellite(), files.scratch(), progress::incrementAndGet);
        this.answers = answers;
        this.views = views;
    }

    /// Imports what has arrived of a deployment and goes on as more does. While one waits for its next block, another
    /// may go first.
    ///
    /// The store is looked at before the first path comes, for whether it is in the announced state.
    ///
    /// @param durable see [Importer#run]
    void importPaths(Reception reception, Outline manifest, int durable) {
        int number = reception.number();
        boolean looked = reception.pathsDone() > 0;
        synchronized (guard) {
            if (running == number) {
                signal.arrived();
                return;
            }
            if (fresh.add(number)) signal.queued(1);
            if (queued.add(number)) execute(() -> importNow(number, manifest, durable, looked));
        }
    }

    private void importNow(int number, Outline manifest, int durable, boolean looked) {
        synchronized (guard) {
            if (fresh.remove(number)) signal.queued(-1);
            if (ended.remove(number)) {
                queued.remove(number);
                return;
            }
            running = number;
        }
        Optional<Input> answer = Optional.empty();
        boolean again = false;
        try (var pack = new PackStream(
                (index, memory) -> block(number, index, memory, manifest),
                manifest.blockHashes().size(),
                signal)) {
            answer = Optional.of(importAll(number, manifest, durable, looked, pack));
        } catch (PackStream.GaveWayException e) {
            again = true;
        } catch (CorruptPackException | MalformedManifestException e) {
            answer = Optional.of(new Input.Failed(message(e)));
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "import of deployment " + number, e);
            answer = Optional.of(new Input.Stalled(shortage(manifest).orElse(message(e))));
        } catch (OutOfMemoryError e) {
            answer = Optional.of(new Input.Failed("its pack wants more memory than the receiver has"));
        }
        synchronized (guard) {
            running = 0;
            boolean over = ended.remove(number);
            if (again && !over) execute(() -> importNow(number, manifest, durable, true));
            else queued.remove(number);
        }
        answer.ifPresent(input -> answers.accept(number, input));
    }

    private Input importAll(int number, Outline manifest, int durable, boolean looked, PackStream pack)
            throws IOException, MalformedManifestException {
        if (!looked) answers.accept(number, new Input.StoreSeen(look()));
        var known = importer.known(number, manifest);
        for (var path : known.damaged()) scrub.found(path);
        answers.accept(number, new Input.Unusable(known.unusable(), known.reason(manifest)));
        // What is to be activated may be on board already, and then nothing else asks for it.
        if (manifest.targets().stream().anyMatch(known.indexes()::contains)) {
            return new Input.Stalled(known.reason(manifest));
        }
        var complete = importer.complete(manifest, known);
        var shortage = room.shortage(complete);
        if (shortage.isPresent()) return new Input.Stalled(shortage.get());
        var outcome = importer.run(number, complete, known, durable, pack, (done, fresh) -> {
            answers.accept(number, new Input.Imported(done));
            if (!fresh.isEmpty()) view(census.add(fresh)); // It is this that has a report made, of both.
        });
        known = outcome.known();
        answers.accept(number, new Input.Unusable(known.unusable(), known.reason(manifest)));
        scrub.repaired(complete.objects().stream().map(Manifest.Entry::path).toList());
        look();
        if (outcome.stopped().isEmpty()) return new Input.Complete();
        LOG.log(
                System.Logger.Level.WARNING,
                "import of deployment " + number,
                outcome.stopped().get());
        return new Input.Stalled(known.reason(manifest));
    }

    /// Whether the disk is what stands in the way.
    private Optional<String> shortage(Outline manifest) {
        try {
            return room.shortage(importer.complete(manifest, KnownPaths.find(manifest, store)));
        } catch (IOException | MalformedManifestException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "room can't be told", e);
            return Optional.empty();
        }
    }

    /// The block as it was verified; one that has rotted on the disk since is asked for again.
    private Optional<PackStream.Piece> block(int number, int index, byte[] memory, Outline manifest)
            throws IOException {
        var deployment = files.deployment(number);
        var piece = deployment.block(FecObject.PACK, index, memory);
        if (piece.isEmpty() || piece.get().hash().equals(manifest.blockHashes().get(index))) return piece;
        deployment.deleteBlock(FecObject.PACK, index);
        answers.accept(number, new Input.Spoilt(FecObject.PACK, index));
        return Optional.empty();
    }

    /// Makes the generation of a deployment that is complete. `done` hears of it in any case; empty where it failed.
    void prepare(int number, Outline manifest, Activator activator, Consumer<Optional<ActivationRun.Order>> done) {
        submit(() -> {
            Optional<ActivationRun.Order> order = Optional.empty();
            try {
                order = Optional.of(activator.prepare(number, manifest, importer.targets(manifest)));
            } catch (IOException | RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "generation of deployment " + number, e);
                answers.accept(number, new Input.Stalled(message(e)));
            }
            done.accept(order);
        });
    }

    /// Gives what a deployment holds in the store to the one that takes its place.
    void bequeath(int number, int heir) {
        submit(() -> {
            try {
                importer.bequeath(number, heir);
            } catch (IOException | RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "roots of deployment " + number, e);
            }
        });
    }

    /// Ends the import and the roots of a deployment that has ended.
    void release(int number) {
        synchronized (guard) {
            if (queued.contains(number)) ended.add(number);
        }
        submit(() -> {
            try {
                importer.unroot(number);
                store.release(); // Else a collection by somebody else would find it all alive.
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "roots of deployment " + number, e);
            }
        });
    }

    /// Looks at the whole store, for the digest of the next reports. Asked again before it has begun, it does so once.
    void scan() {
        if (scanning.getAndSet(true)) return;
        submit(() -> {
            scanning.set(false);
            try {
                look();
            } catch (IOException | RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "cannot read the store", e);
            }
        });
    }

    /// Answers a question of Earth's; `told` hears nothing where that fails, or where too many wait already: Earth asks
    /// again.
    void answer(StoreQuestion question, Consumer<List<StoreAnswer>> told) {
        if (questions.get() >= MAX_QUESTIONS) return;
        questions.incrementAndGet();
        submit(() -> {
            questions.decrementAndGet();
            try {
                told.accept(census.answer(question));
            } catch (IOException | RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "question " + question.number(), e);
            }
        });
    }

    /// Deletes paths for a command.
    void collect(int command, List<Bytes> paths, Consumer<Activations.Happening> done) {
        submit(() -> {
            try {
                var text = new Garbage(store).collect(paths);
                look();
                done.accept(new Activations.Happening.CarriedOut(command, text, true));
            } catch (IOException | RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "command " + command, e);
                done.accept(new Activations.Happening.CarriedOut(command, message(e), false));
            }
        });
    }

    /// Begins to read the whole store for a command; [#scrub] goes on with it.
    void verify(int command, Consumer<Activations.Happening> failed) {
        submit(() -> {
            int before = scrub.command();
            try {
                scrub.begin(command);
                if (before != 0 && before != command) {
                    var why = "command " + command + " reads the store anew";
                    failed.accept(new Activations.Happening.CarriedOut(before, why, false));
                }
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "verification", e);
                failed.accept(new Activations.Happening.CarriedOut(command, message(e), false));
            }
        });
    }

    /// The command to verify that is under way; 0 if none.
    int verifying() {
        return scrub.command();
    }

    /// Goes on with the verification, unless something else is at hand: at most about half of the time.
    void scrub(Consumer<Activations.Happening> done) {
        int command = scrub.command();
        if (command == 0 || !idle()) return;
        submit(() -> {
            try {
                var text = scrub.step();
                if (text.isPresent()) {
                    importer.distrust(scrub.damaged().keySet());
                    look();
                    done.accept(new Activations.Happening.CarriedOut(command, text.get(), true));
                }
            } catch (IOException | RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "verification", e); // The next tick tries again.
            }
        });
    }

    private Sha256 look() throws IOException {
        return view(census.look());
    }

    private Sha256 view(StoreDigest digest) throws IOException {
        // Whichever is full first stops the import.
        long free = Math.min(store.freeBytes(), files.disk().freeBytes());
        var view = new StoreView(digest.digest(), digest.size(), free, census.damage());
        views.accept(view);
        return view.digest();
    }

    /// Puts work in the queue that an import which waits for its next block gives way to.
    private void submit(Runnable work) {
        signal.queued(1);
        execute(() -> {
            signal.queued(-1);
            work.run();
        });
    }

    private void execute(Runnable work) {
        if (thread.isShutdown()) return;
        busy.incrementAndGet();
        thread.execute(() -> {
            progress.incrementAndGet();
            try {
                work.run();
            } finally {
                progress.incrementAndGet();
                busy.decrementAndGet();
            }
        });
    }

    /// Breaks off what the store has been asked for where it has got nowhere for too long: the request then fails, and
    /// is tried again later. Belongs to the reception thread.
    void watch(long uptimeMillis) {
        long seen = progress.get();
        boolean works = busy.get() > 0 && !signal.waiting();
        if (!works || seen != progressSeen || uptimeMillis < progressAt) {
            progressSeen = seen;
            progressAt = uptimeMillis;
        } else if (uptimeMillis - progressAt >= PATIENCE_MILLIS) {
            LOG.log(System.Logger.Level.WARNING, "the store has not answered for {0} ms; asking anew", PATIENCE_MILLIS);
            progressAt = uptimeMillis;
            store.abort();
        }
    }

    /// Whether nothing is at hand but imports that wait for their next block.
    boolean idle() {
        synchronized (guard) {
            return busy.get() == (signal.waiting() ? queued.size() : 0);
        }
    }

    private static String message(Exception e) {
        return Optional.ofNullable(e.getMessage()).orElse(e.toString());
    }

    /// Waits for the work at hand, but not for blocks.
    @Override
    public void close() {
        signal.end();
        thread.shutdown();
        try {
            if (!thread.awaitTermination(60, TimeUnit.SECONDS)) thread.shutdownNow();
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
