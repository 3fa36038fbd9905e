package narlink.flight;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import narlink.nix.PublicKey;
import narlink.wire.Announcement;
import narlink.wire.Command;
import narlink.wire.Envelope;
import narlink.wire.Opened;
import narlink.wire.Report;
import narlink.wire.Report.Counter;
import narlink.wire.SatelliteName;
import narlink.wire.StoreAnswer;
import narlink.wire.StoreQuestion;
import narlink.wire.Symbols;

/// Believes segments or counts why not, and gives each message to whom it concerns: symbols and announcements to
/// [Deployments], commands to [Commands], questions to whom it is told. Belongs to the reception thread.
final class Uplink {
    private final SatelliteName satellite;
    private final List<PublicKey> missionKeys;
    private final Reporter reporter;
    private final Deployments deployments;
    private final Commands commands;
    private final Consumer<StoreQuestion> questions;
    private final Runnable changed;
    private final StationSeals seals;
    private long lastQuestion;

    /// @param questions takes those that are not replayed
    /// @param changed called where a report is asked for
    Uplink(
            FlightState files,
            Reporter reporter,
            Deployments deployments,
            Commands commands,
            Consumer<StoreQuestion> questions,
            Runnable changed)
            throws IOException {
        this.satellite = files.satellite();
        this.missionKeys = files.trustedKeys();
        this.reporter = reporter;
        this.deployments = deployments;
        this.commands = commands;
        this.questions = questions;
        this.changed = changed;
        this.seals = new StationSeals(
                files.flightKey(),
                satellite,
                number -> deployments.reception(number).map(Reception::announcement));
    }

    /// Takes a segment, whatever it is.
    ///
    /// @return whether somebody who may ask waits for what is told of it
    boolean heard(byte[] segment) {
        return switch (Envelope.open(segment, deployments::signers, seals, Envelope.Direction.UP, satellite)) {
            case Opened.Rejected rejected -> {
                reporter.count(
                        switch (rejected.reason()) {
                            case MALFORMED -> Counter.SEGMENTS_MALFORMED;
                            case UNKNOWN_KEY -> Counter.SEGMENTS_UNKNOWN_KEY;
                            case BAD_SIGNATURE -> Counter.SEGMENTS_BAD_SIGNATURE;
                            case UNKNOWN_KIND -> Counter.SEGMENTS_UNKNOWN_KIND;
                        },
                        1);
                yield false;
            }
            case Opened.Trusted trusted -> heard(trusted, segment);
        };
    }

    private boolean heard(Opened.Trusted trusted, byte[] segment) {
        return switch (trusted.message()) {
            case Symbols symbols -> symbols(symbols, trusted.signer());
            case Announcement announcement -> {
                if (!isMission(trusted.signer())) yield false;
                deployments.announced(announcement, segment);
                yield true;
            }
            case Command order -> {
                if (!isMission(trusted.signer())) yield false;
                commands.ordered(order);
                yield true;
            }
            case StoreQuestion question -> {
                // Who may sign symbols may also ask: nothing is changed by it.
                boolean replayed = question.number() <= lastQuestion;
                reporter.count(replayed ? Counter.SEGMENTS_DUPLICATE : Counter.SEGMENTS_ACCEPTED, 1);
                lastQuestion = Math.max(lastQuestion, question.number());
                if (!replayed) questions.accept(question);
                yield !replayed;
            }
            case StoreAnswer answer -> unauthorized();
            case Report report -> unauthorized();
        };
    }

    private boolean unauthorized() {
        reporter.count(Counter.SEGMENTS_UNAUTHORIZED, 1);
        return false;
    }

    private boolean isMission(PublicKey signer) {
        return missionKeys.contains(signer) || unauthorized();
    }

    private boolean symbols(Symbols symbols, PublicKey signer) {
        var announcement = deployments.reception(symbols.deployment()).map(Reception::announcement);
        if (announcement.isEmpty() || !announcement.get().stationKeys().contains(signer.key())) {
            return unauthorized();
        }
        reporter.count(Counter.SEGMENTS_ACCEPTED, 1);
        announcement
                .get()
                .oti(symbols.object())
                .ifPresent(oti -> reporter.heard(symbols, symbols.data().size() / oti.symbolSize()));
        deployments.step(symbols.deployment(), new Input.Arrived(symbols));
        boolean asks = symbols.poll() != 0 && reporter.polled(symbols.poll());
        if (asks) changed.run();
        return asks;
    }
}
