package narlink.testkit.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import narlink.nix.PublicKey;
import narlink.nix.SecretKey;
import narlink.simulation.Faults;
import narlink.simulation.FaultyPipe;
import narlink.wire.DeploymentState;
import narlink.wire.Envelope;
import narlink.wire.Opened;
import narlink.wire.Report;
import narlink.wire.Report.DeploymentReport;

/// Leads a [TestedReceiver] through a deployment over a bad link, with strangers on it: what goes missing comes later,
/// what comes twice or in another order does no harm, what was not signed by the right key changes nothing. Its reports
/// verify, and what one of them acknowledged no later one takes back. The caller looks at its store then.
public final class ReceiverCheck {
    private static final Faults LINK = new Faults(0.3, 0.1, 0.2, 0.05, 0.05);
    /// Symbols of a block beyond K; of the more than 300 segments a third gets lost each time.
    private static final int MORE = 10;

    private static final int PASSES = 30;

    private final SampleDeployment deployment;
    private final PublicKey flightKey;
    private final long seed;
    private long sequence = -1;
    private int blocksDone;
    private DeploymentState state = DeploymentState.RECEIVING;

    /// @param flightKey by which the receiver signs
    public ReceiverCheck(SampleDeployment deployment, PublicKey flightKey, long seed) {
        this.deployment = deployment;
        this.flightKey = flightKey;
        this.seed = seed;
    }

    /// @throws AssertionError that says what the receiver does wrong
    public void run(TestedReceiver receiver) throws Exception {
        strangers(receiver);
        var link = new FaultyPipe(LINK, seed);
        for (int pass = 0; pass < PASSES && !state.ended(); pass++) {
            var segments = new ArrayList<>(deployment.symbolSegments(MORE));
            Collections.shuffle(segments, new Random(seed + pass));
            segments.add(0, deployment.announcementSegment());
            for (byte[] segment : segments) {
                for (byte[] arrived : link.carry(segment)) receiver.hear(arrived);
            }
            listen(receiver.answers());
        }
        require(state == DeploymentState.CONFIRMED, "after " + PASSES + " passes the deployment is " + state);
        for (byte[] segment : deployment.symbolSegments(0)) receiver.hear(segment);
        listen(receiver.answers());
        require(state == DeploymentState.CONFIRMED, "late symbols lead from CONFIRMED to " + state);
    }

    /// An announcement by a key that orders nothing, one for somebody else, symbols of nothing, and no segment at all.
    private void strangers(TestedReceiver receiver) throws Exception {
        var announcement = deployment.announcement();
        var stranger = SecretKey.generate(deployment.mission().name());
        var others = new narlink.wire.SatelliteName("somebody-else");
        byte[] good = deployment.announcementSegment();
        for (byte[] segment : List.of(
                Envelope.seal(announcement, stranger, Envelope.Direction.UP, deployment.satellite()),
                Envelope.seal(announcement, deployment.station(), Envelope.Direction.UP, deployment.satellite()),
                Envelope.seal(announcement, deployment.mission(), Envelope.Direction.UP, others),
                Envelope.seal(announcement, deployment.mission(), Envelope.Direction.DOWN, deployment.satellite()),
                deployment.symbolSegments(0).getFirst(),
                Arrays.copyOf(good, good.length - 1),
                new byte[1])) {
            receiver.hear(segment);
        }
        var reports = reports(receiver.answers());
        require(!reports.isEmpty(), "it reports nothing");
        require(
                reports.getLast().deployments().isEmpty(),
                "it believes a deployment that no mission key signed for it");
    }

    private void listen(List<byte[]> answers) {
        for (var report : reports(answers)) {
            require(report.sequence() > sequence, "report " + report.sequence() + " comes behind " + sequence);
            sequence = report.sequence();
            report.deployments().forEach(this::told);
        }
    }

    private void told(DeploymentReport told) {
        require(told.isOf(deployment.announcement()), "it reports a deployment that was not announced");
        require(told.blocksDone() >= blocksDone, blocksDone + " blocks were durable, now it is " + told.blocksDone());
        require(!state.ended() || told.state() == state, "it goes on from " + state + " to " + told.state());
        require(told.state() != DeploymentState.FAILED, "it fails: " + told.reason());
        blocksDone = told.blocksDone();
        state = told.state();
    }

    private List<Report> reports(List<byte[]> answers) {
        var reports = new ArrayList<Report>();
        var keys = Envelope.Keys.of(List.of(flightKey));
        for (byte[] answer : answers) {
            var opened = Envelope.open(answer, keys, Envelope.Direction.DOWN, deployment.satellite());
            require(opened instanceof Opened.Trusted, "it sends what its key did not sign: " + opened);
            if (opened instanceof Opened.Trusted trusted && trusted.message() instanceof Report report) {
                reports.add(report);
            }
        }
        return reports;
    }

    private static void require(boolean kept, String otherwise) {
        if (!kept) throw new AssertionError(otherwise);
    }
}
