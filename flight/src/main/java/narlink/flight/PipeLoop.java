package narlink.flight;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import narlink.pipe.Pipe;
import narlink.pipe.Pipes;
import narlink.wire.StoreQuestion;
import org.jspecify.annotations.Nullable;

/// Keeps a pipe open and joins it to the reception: what comes in is heard, reports go out. A pipe that fails is opened
/// again, at first at once and then less and less often.
final class PipeLoop {
    private static final System.Logger LOG = System.getLogger(PipeLoop.class.getName());
    private static final long FIRST_PAUSE_MILLIS = 200;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;
    private static final long SENDER_GRACE_MILLIS = 5_000;

    private final Pipes.Source source;
    private final ReceptionLoop reception;
    private final Optional<Duration> turnaround;

    /// @param turnaround of a link that carries one direction at a time
    PipeLoop(Pipes.Source source, ReceptionLoop reception, Optional<Duration> turnaround) {
        this.source = source;
        this.reception = reception;
        this.turnaround = turnaround;
    }

    /// Goes on for ever, or with `once` until the first pipe has ended.
    void run(boolean once) throws IOException, InterruptedException {
        long pause = FIRST_PAUSE_MILLIS;
        while (true) {
            try (var pipe = source.open()) {
                pause = FIRST_PAUSE_MILLIS;
                LOG.log(System.Logger.Level.INFO, "pipe open");
                carry(pipe);
                LOG.log(System.Logger.Level.INFO, "pipe closed by the far end");
            } catch (IOException e) {
                if (once) throw e;
                LOG.log(System.Logger.Level.INFO, "pipe: {0}; trying again", e.getMessage());
            }
            if (once || !source.reopens()) return;
            Thread.sleep(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
        }
    }

    private void carry(Pipe pipe) throws IOException, InterruptedException {
        var mailbox = new Mailbox(turnaround.map(time -> new TalkTurn(time, System.nanoTime())));
        var sender = Thread.ofPlatform().daemon().name("reports").start(() -> send(pipe, mailbox));
        reception.reportTo(mailbox);
        long bad = 0;
        try {
            for (var segments = pipe.receive(); segments.isPresent(); segments = pipe.receive()) {
                mailbox.heard();
                segments.get().forEach(reception::hear);
                reception.damaged(pipe.badFrames() - bad);
                bad = pipe.badFrames();
            }
        } finally {
            reception.endReportsTo(mailbox);
            sender.interrupt();
            pipe.close();
            sender.join(SENDER_GRACE_MILLIS); // Standard output that nobody reads cannot be closed under its writer.
        }
    }

    private static void send(Pipe pipe, Mailbox mailbox) {
        try {
            while (true) pipe.send(mailbox.take());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // The forward link may well go on without the return link.
            LOG.log(System.Logger.Level.INFO, "return link: {0}", e.getMessage());
        }
    }

    /// Holds the newest report only, since any one replaces all before it, and as many answers as one question wants:
    /// those that are too many are asked for again.
    private static final class Mailbox implements ReceptionLoop.Downlink {
        private static final int MAX_ANSWERS = 2 * StoreQuestion.MAX_PIECES;

        private final Optional<TalkTurn> turn;
        private byte @Nullable [] newest;
        private final ArrayDeque<byte[]> answers = new ArrayDeque<>();

        Mailbox(Optional<TalkTurn> turn) {
            this.turn = turn;
        }

        /// Something came up.
        synchronized void heard() {
            turn.ifPresent(mine -> mine.heard(System.nanoTime()));
        }

        @Override
        public synchronized void asked() {
            turn.ifPresent(mine -> mine.asked(System.nanoTime()));
            notifyAll();
        }

        @Override
        public synchronized void answer(byte[] segment) {
            if (answers.size() == MAX_ANSWERS) answers.remove();
            answers.add(segment);
            notifyAll();
        }

        @Override
        public synchronized void offer(byte[] segment) {
            newest = segment;
            notifyAll();
        }

        synchronized byte[] take() throws InterruptedException {
            while (true) {
                long now = System.nanoTime();
                long report = newest == null ? TalkTurn.NEVER : due(true, now);
                long answer = answers.isEmpty() ? TalkTurn.NEVER : due(false, now);
                if (Math.min(report, answer) == 0) {
                    turn.ifPresent(mine -> mine.said(report == 0, now));
                    return report == 0 ? report() : answers.remove();
                }
                if (Math.min(report, answer) == TalkTurn.NEVER) wait();
                else TimeUnit.NANOSECONDS.timedWait(this, Math.min(report, answer)); // A newer one may come meanwhile.
            }
        }

        private long due(boolean report, long now) {
            return turn.map(mine -> mine.due(report, now)).orElse(0L);
        }

        private byte[] report() {
            byte[] segment = Objects.requireNonNull(newest);
            newest = null;
            return segment;
        }
    }
}
