package narlink.flight;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import narlink.Sha256;
import narlink.fec.BlockDecoder;
import narlink.fec.Oti;
import narlink.pack.MalformedManifestException;
import narlink.pack.ManifestFormat;
import narlink.pack.Outline;
import narlink.wire.Announcement;
import narlink.wire.DeploymentState;
import narlink.wire.FecObject;
import narlink.wire.Symbols;
import org.jspecify.annotations.Nullable;

/// The symbol logs and decoded blocks of all deployments. Logs belong to the reception thread; decoding runs on a
/// thread of its own and answers by inputs.
final class Blocks implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Blocks.class.getName());

    private final FlightState files;
    private final BiConsumer<Integer, Input> answers;
    private final Map<Key, SymbolLog> logs = new HashMap<>();
    private final Set<Key> dirty = new LinkedHashSet<>();
    private final AtomicInteger decoding = new AtomicInteger();
    private final ExecutorService solver;
    /// The solver's.
    private @Nullable BlockDecoder decoder;

    private long unsynced;

    private record Key(int deployment, FecObject object, int block) {}

    /// An input for a deployment.
    record Kept(int deployment, Input input) {}

    Blocks(FlightState files, BiConsumer<Integer, Input> answers, Workers workers) {
        this.files = files;
        this.answers = answers;
        this.solver = workers.worker("solver");
    }

    /// Bytes of symbols that a power cut would cost now.
    long unsynced() {
        return unsynced;
    }

    boolean idle() {
        return decoding.get() == 0;
    }

    /// Appends symbols to their block's log. Where the disk takes no more they are dropped: the block goes on missing
    /// them, and the sender hears so.
    ///
    /// @return why they were dropped
    Optional<String> keep(Announcement announcement, Symbols symbols) {
        int size = announcement.oti(symbols.object()).orElseThrow().symbolSize();
        var key = new Key(symbols.deployment(), symbols.object(), symbols.block());
        byte[] data = symbols.data().toArray();
        try {
            var log = log(key, size);
            dirty.add(key);
            for (int i = 0; i * size < data.length; i++) {
                if (log.append(symbols.esi() + i, data, i * size)) unsynced += size;
            }
            return Optional.empty();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "symbols dropped", e);
            return Optional.of(unkept(e));
        }
    }

    /// Why something can't be written, with the figures where it is for want of room.
    private String unkept(IOException trouble) {
        try {
            long free = files.disk().freeBytes();
            if (free < Room.LEAST) return Room.paused("bytes in the state directory", Room.LEAST, free);
        } catch (IOException e) {
            trouble.addSuppressed(e);
        }
        return "symbols can't be kept: " + trouble.getMessage();
    }

    /// Makes what was appended durable.
    List<Kept> settle() {
        var kept = new ArrayList<Kept>();
        for (var key : dirty) {
            SymbolLog log;
            synchronized (logs) {
                log = logs.get(key);
            }
            if (log == null) continue; // Decoded or released since.
            try {
                log.force();
                kept.add(new Kept(key.deployment(), new Input.Kept(key.object(), key.block(), log.held())));
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "symbols not durable: " + e.getMessage());
                kept.add(new Kept(key.deployment(), new Input.Stalled(unkept(e))));
            }
        }
        dirty.clear();
        unsynced = 0;
        return kept;
    }

    /// Solves a block on the solver's thread.
    void decode(Reception reception, FecObject object, int block) {
        var key = new Key(reception.number(), object, block);
        var oti = reception.announcement().oti(object).orElseThrow();
        var hash = object == FecObject.PACK
                ? reception.manifest().map(m -> m.blockHashes().get(block))
                : oti.blocks() == 1 ? Optional.of(reception.announcement().manifestHash()) : Optional.<Sha256>empty();
        try {
            var log = log(key, oti.symbolSize());
            decoding.incrementAndGet();
            solver.execute(() -> {
                try {
                    answers.accept(key.deployment(), solve(key, log, oti, hash));
                } finally {
                    decoding.decrementAndGet();
                }
            });
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "block can't be read", e);
            // Not from here: the reception thread would wait for room in its own inbox.
            solver.execute(() -> answers.accept(key.deployment(), new Input.Undecided(object, block, unkept(e))));
        }
    }

    private Input solve(Key key, SymbolLog log, Oti oti, Optional<Sha256> hash) {
        try {
            var solving = decoder(oti.k(key.block()), oti.symbolSize());
            log.symbols(symbol -> solving.add(symbol.esi(), symbol.bytes(), symbol.offset()));
            if (!solving.decode()) return new Input.Undecodable(key.object(), key.block());
            byte[] data = solving.data();
            int length = oti.length(key.block());
            var deployment = files.deployment(key.deployment());
            boolean good = hash.isEmpty() || Sha256.of(data, 0, length).equals(hash.get());
            if (good) deployment.saveBlock(key.object(), key.block(), data, length);
            closeLog(key);
            deployment.deleteLog(key.object(), key.block());
            return good ? new Input.Decoded(key.object(), key.block()) : new Input.Spoilt(key.object(), key.block());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "block can't be decoded", e);
            return new Input.Undecided(key.object(), key.block(), unkept(e));
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "block can't be decoded", e);
            return new Input.Undecodable(key.object(), key.block());
        }
    }

    /// One whose memory is used again: most blocks of a deployment are of the same size.
    private BlockDecoder decoder(int k, int symbolSize) {
        var last = decoder;
        if (last != null && last.k() == k && last.symbolSize() == symbolSize) {
            last.reset();
            return last;
        }
        decoder = null; // Both at once may be too much.
        var fresh = new BlockDecoder(k, symbolSize);
        decoder = fresh;
        return fresh;
    }

    /// Puts the manifest's blocks together, checks and reads it; answers on the solver's thread.
    void readManifest(Announcement announcement) {
        decoding.incrementAndGet();
        solver.execute(() -> {
            try {
                readManifestNow(announcement).ifPresent(input -> answers.accept(announcement.deployment(), input));
            } finally {
                decoding.decrementAndGet();
            }
        });
    }

    private Optional<Input> readManifestNow(Announcement announcement) {
        try {
            return manifest(announcement).map(Input.ManifestRead::new);
        } catch (MalformedManifestException e) {
            return Optional.of(new Input.Failed(String.valueOf(e.getMessage())));
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "manifest can't be read", e);
            return Optional.of(new Input.Stalled(String.valueOf(e.getMessage())));
        }
    }

    /// The manifest, if all its blocks are there and have the announced hash; else its blocks are dropped, to be sent
    /// again.
    private Optional<Outline> manifest(Announcement announcement) throws IOException, MalformedManifestException {
        int number = announcement.deployment();
        var deployment = files.deployment(number);
        var object = new ByteArrayOutputStream();
        for (int i = 0; i < announcement.manifest().blocks(); i++) {
            var block = deployment.block(FecObject.MANIFEST, i);
            if (block.isEmpty()) return Optional.empty();
            object.writeBytes(block.get());
        }
        if (Sha256.of(object.toByteArray()).equals(announcement.manifestHash())) {
            return Optional.of(ManifestFormat.read(object.toByteArray()));
        }
        for (int i = 0; i < announcement.manifest().blocks(); i++) {
            deployment.deleteBlock(FecObject.MANIFEST, i);
            answers.accept(number, new Input.Spoilt(FecObject.MANIFEST, i));
        }
        return Optional.empty();
    }

    /// Reads back what is on disk of a deployment.
    Reception recover(Announcement announcement) throws IOException {
        var deployment = files.deployment(announcement.deployment());
        var reception = Reception.begin(announcement);
        var status = deployment.status();
        if (status.isPresent()) {
            var saved = status.get();
            reception = reception.restored(
                    saved.state(), saved.reason(), saved.paths(), saved.exitStatus(), saved.outputTail());
            if (saved.state().ended()) return reception;
        } else if (deployment.statusIsDamaged()) {
            // What was told as an end stays one. Else what was received tells how far it is.
            var told = files.lastTold(announcement.deployment())
                    .filter(known -> known.state().ended() && known.isOf(announcement));
            if (told.isPresent()) {
                deployment.saveStatus(told.get());
                return reception.in(told.get().state(), told.get().reason());
            }
        }
        // Inputs are made up as the workers would have answered; what they would start, [Reception#resume] does.
        var saved = reception.state();
        reception = recover(reception.in(DeploymentState.RECEIVING, reception.reason()), FecObject.MANIFEST);
        try {
            var manifest = manifest(announcement);
            if (manifest.isPresent()) {
                reception = reception.on(new Input.ManifestRead(manifest.get())).state();
            }
        } catch (MalformedManifestException e) {
            return reception
                    .on(new Input.Failed(String.valueOf(e.getMessage())))
                    .state();
        }
        reception = recover(reception, FecObject.PACK);
        // Without its manifest nothing can be activated: it has to come again, and is told as missing.
        return reception.state().ended() || reception.manifest().isEmpty()
                ? reception
                : reception.in(saved, reception.reason());
    }

    private Reception recover(Reception reception, FecObject object) throws IOException {
        var oti = reception.announcement().oti(object);
        int number = reception.number();
        var deployment = files.deployment(number);
        for (int i = 0; i < oti.map(Oti::blocks).orElse(0); i++) {
            var block = deployment.block(object, i);
            int sbn = i;
            var hash = object == FecObject.PACK
                    ? reception.manifest().map(m -> m.blockHashes().get(sbn))
                    : Optional.<Sha256>empty();
            if (block.isPresent() && (hash.isEmpty() || Sha256.of(block.get()).equals(hash.get()))) {
                deployment.deleteLog(object, i);
                reception = reception.on(new Input.Decoded(object, i)).state();
                continue;
            }
            if (block.isPresent()) deployment.deleteBlock(object, i);
            if (deployment.hasLog(object, i)) {
                var log = log(new Key(number, object, i), oti.orElseThrow().symbolSize());
                reception = reception.holding(object, i, log.held());
            }
        }
        return reception;
    }

    /// Drops everything of a deployment but its status.
    void release(int number) {
        synchronized (logs) {
            logs.keySet().stream()
                    .filter(key -> key.deployment() == number)
                    .toList()
                    .forEach(this::closeLog);
        }
        solver.execute(() -> {
            try {
                files.deployment(number).release();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "leftovers of deployment " + number, e);
            }
        });
    }

    private SymbolLog log(Key key, int symbolSize) throws IOException {
        synchronized (logs) {
            var log = logs.get(key);
            if (log == null) {
                log = files.deployment(key.deployment()).log(key.object(), key.block(), symbolSize);
                logs.put(key, log);
            }
            return log;
        }
    }

    private void closeLog(Key key) {
        synchronized (logs) {
            var log = logs.remove(key);
            if (log == null) return;
            try {
                log.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "closing a log", e);
            }
        }
    }

    @Override
    public void close() {
        solver.shutdown();
        try {
            if (!solver.awaitTermination(60, TimeUnit.SECONDS)) solver.shutdownNow();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        List.copyOf(logs.keySet()).forEach(this::closeLog);
    }
}
