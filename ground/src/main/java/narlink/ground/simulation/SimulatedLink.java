package narlink.ground.simulation;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;
import narlink.flight.ReceptionLoop;
import narlink.flight.TalkTurn;
import narlink.ground.Link;
import narlink.simulation.LinkProfile;
import narlink.wire.FrameReader;
import narlink.wire.Frames;
import narlink.wire.StoreQuestion;
import org.jspecify.annotations.Nullable;

/// One contact: the link as a pass has it on Earth, and as the receiver has it on board, with all that goes wrong in
/// between.
final class SimulatedLink implements Link, ReceptionLoop.Downlink {
    /// What a pipe takes before its sender has to wait.
    private static final long BUFFER_NANOS = 250_000_000L;

    private static final int MAX_ANSWERS = 2 * StoreQuestion.MAX_PIECES;

    private final World world;
    private final Trace trace;
    private final Board board;
    private final LinkProfile profile;
    private final boolean stream;
    private final boolean returns;
    private final Channel up;
    private final Channel down;
    private final BiConsumer<byte[], Boolean> overheard;
    private final long began;
    private final long length;
    private final long closes;
    private final long latency;
    private final FrameReader above = new FrameReader();
    private final FrameReader below = new FrameReader();
    private long badAbove;
    private final Queue<byte[]> arrived = new ArrayDeque<>();
    private final Queue<byte[]> answers = new ArrayDeque<>();
    private byte @Nullable [] newest;
    private boolean sending;
    private final Optional<TalkTurn> turn;
    private long upBegan = Long.MIN_VALUE / 2;
    private long upFree;
    private long downBegan = Long.MIN_VALUE / 2;
    private long downFree = Long.MIN_VALUE / 2;
    private long next;
    private @Nullable Fiber listener;
    private long ticket;
    private boolean closed;
    private long sentBytes;
    private long returnedBytes;

    /// @param length of the contact
    /// @param closes after which time the link is dead, be the contact over or not
    /// @param returns whether there is a return link
    /// @param overheard every segment that is sent, and whether upwards
    SimulatedLink(
            World world,
            Trace trace,
            Board board,
            LinkProfile profile,
            Weather weather,
            SplittableRandom random,
            Duration length,
            Duration closes,
            boolean returns,
            BiConsumer<byte[], Boolean> overheard) {
        this.world = world;
        this.trace = trace;
        this.board = board;
        this.profile = profile;
        this.stream = weather.stream();
        this.returns = returns;
        this.up = new Channel(profile, weather, random.split(), trace);
        this.down = new Channel(profile, weather, random.split(), trace);
        this.overheard = overheard;
        this.began = world.nanos();
        this.length = length.toNanos();
        this.closes = began + closes.toNanos();
        this.latency = (53 + random.nextInt(265)) * 1_000_000L;
        this.upFree = began;
        this.turn =
                Optional.of(profile.turnaround()).filter(Duration::isPositive).map(time -> new TalkTurn(time, began));
        if (!returns) trace.fault(Fault.NO_RETURN_LINK);
        world.at(this.closes, () -> {
            if (!closed && closes.compareTo(length) < 0) trace.fault(Fault.PASS_CUT);
            notice();
        });
    }

    private byte[] frame(byte[] segment) {
        return stream ? Frames.frame(segment) : Frames.datagram(segment);
    }

    private boolean dead() {
        return closed || world.nanos() >= closes;
    }

    @Override
    public int send(byte[] segment) throws IOException {
        if (dead()) throw new IOException("the pipe is closed");
        overheard.accept(segment, true);
        byte[] frame = frame(segment);
        trace.event("up", frame.length, crc(segment));
        sentBytes += frame.length;
        inject(frame);
        while (upFree - world.nanos() > BUFFER_NANOS) world.sleep(Duration.ofNanos(upFree - world.nanos()));
        return frame.length;
    }

    /// Puts something on the way up, whoever sends it.
    void inject(byte[] frame) {
        if (upFree < world.nanos()) upBegan = world.nanos();
        long takes = frame.length * 8_000_000_000L / profile.upRate();
        upFree = Math.max(upFree, world.nanos()) + takes;
        for (byte[] piece : up.carry(frame, upFree - began, length)) {
            world.at(upFree + latency, () -> {
                if (!collides(world.nanos() - takes, downBegan, downFree)) above(piece);
            });
        }
    }

    /// Whether what arrives from `start` until now meets what this end sends itself, or its turning round.
    private boolean collides(long start, long sentFrom, long sentUntil) {
        if (turn.isEmpty() || sentFrom > world.nanos()) return false;
        if (sentUntil + profile.turnaround().toNanos() <= start) return false;
        trace.fault(Fault.COLLISION);
        return true;
    }

    /// A segment on the way up, as a frame of this pipe.
    void injectSegment(byte[] segment) {
        if (segment.length > 0) inject(frame(segment));
    }

    private void above(byte[] piece) {
        if (world.nanos() > closes + latency) return;
        turn.ifPresent(mine -> mine.heard(world.nanos()));
        if (stream) {
            above.feed(piece, 0, piece.length, board::hear);
            board.damaged(above.bad() - badAbove);
            badAbove = above.bad();
        } else {
            Frames.undatagram(piece).ifPresentOrElse(board::hear, () -> board.damaged(1));
        }
    }

    @Override
    public Heard next(Duration most) {
        if (arrived.isEmpty() && !dead() && most.isPositive()) {
            var fiber = world.current();
            listener = fiber;
            ticket = fiber.ticket();
            long mine = ticket;
            world.at(Math.min(closes, world.nanos() + most.toNanos()), () -> fiber.wake(mine));
            fiber.pause();
            listener = null;
        }
        var segment = arrived.poll();
        if (segment != null) return new Heard.Segment(segment);
        return dead() ? new Heard.Closed("the pipe is closed") : new Heard.Nothing();
    }

    private void notice() {
        if (listener != null) listener.wake(ticket);
    }

    @Override
    public void offer(byte[] segment) {
        board.said(segment);
        newest = segment;
        transmit();
    }

    @Override
    public void answer(byte[] segment) {
        if (answers.size() == MAX_ANSWERS) answers.remove();
        answers.add(segment);
        transmit();
    }

    @Override
    public void asked() {
        turn.ifPresent(mine -> mine.asked(world.nanos()));
        transmit();
    }

    private long due(boolean report) {
        return turn.map(mine -> mine.due(report, world.nanos())).orElse(0L);
    }

    /// The newest report first, since any one replaces all before it.
    private void transmit() {
        if (sending || !returns || dead()) return;
        long reportDue = newest == null ? TalkTurn.NEVER : due(true);
        long pause = Math.min(reportDue, answers.isEmpty() ? TalkTurn.NEVER : due(false));
        if (pause == TalkTurn.NEVER) return;
        if (pause > 0) {
            long then = world.nanos() + pause;
            if (then < next || next <= world.nanos()) world.at(then, this::transmit);
            next = then;
            return;
        }
        boolean report = reportDue == 0;
        byte[] segment = report ? Objects.requireNonNull(newest) : answers.remove();
        if (report) newest = null;
        overheard.accept(segment, false);
        byte[] frame = frame(segment);
        trace.event("down", frame.length, crc(segment));
        returnedBytes += frame.length;
        sending = true;
        long takes = frame.length * 8_000_000_000L / Math.max(1, profile.downRate());
        downBegan = world.nanos();
        downFree = world.nanos() + takes;
        turn.ifPresent(mine -> mine.said(report, downFree));
        var pieces = down.carry(frame, world.nanos() - began, length);
        world.at(world.nanos() + takes, () -> {
            sending = false;
            transmit();
        });
        for (byte[] piece : pieces) {
            world.at(world.nanos() + takes + latency, () -> {
                if (!collides(world.nanos() - takes, upBegan, upFree)) below(piece);
            });
        }
    }

    /// Something comes down, whoever sent it.
    void below(byte[] piece) {
        if (dead()) return;
        var segments = new ArrayList<byte[]>();
        if (stream) below.feed(piece, 0, piece.length, segments::add);
        else Frames.undatagram(piece).ifPresent(segments::add);
        arrived.addAll(segments);
        if (!segments.isEmpty()) notice();
    }

    /// A segment on the way down, as a frame of this pipe.
    void belowSegment(byte[] segment) {
        below(frame(segment));
    }

    private static long crc(byte[] bytes) {
        var crc = new CRC32C();
        crc.update(bytes, 0, bytes.length);
        return crc.getValue();
    }

    long sentBytes() {
        return sentBytes;
    }

    long returnedBytes() {
        return returnedBytes;
    }

    @Override
    public void close() {
        closed = true;
    }
}
