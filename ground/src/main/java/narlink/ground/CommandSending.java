package narlink.ground;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import narlink.wire.Report;
import narlink.wire.Report.CommandResult;

/// Decides when commands go up in one pass, always before symbols. Knows no clock: time comes in with each call.
///
/// They go in the order of their numbers, since the satellite carries out none below one that it has carried out: with
/// a return link, each is said again until a report tells that it was heard, and only then the next. Without one, each
/// is said several times.
final class CommandSending {
    private static final int BLIND_COPIES = 3;
    /// How long an outcome that is said to follow is waited for, in times that an answer may take.
    private static final int OUTCOME_PATIENCE = 8;

    private final List<QueuedCommand> commands;
    private final boolean returnLink;
    private final Duration answerWithin;
    private int at;
    private int copies;
    private Instant said = Instant.MIN;
    private Instant heard = Instant.MAX;
    private boolean settled = true;

    /// @param commands whose outcome is not known
    CommandSending(List<QueuedCommand> commands, boolean returnLink, Duration answerWithin) {
        this.commands = commands.stream()
                .filter(command -> command.state() == QueuedCommand.State.QUEUED)
                .sorted(Comparator.comparing(QueuedCommand::number))
                .toList();
        this.returnLink = returnLink;
        this.answerWithin = answerWithin;
    }

    /// The segment to be sent now, if there is one.
    Optional<byte[]> next(Instant now) {
        if (at == commands.size()) return Optional.empty();
        if (returnLink) {
            if (collects() && !over(at, now)) return Optional.empty();
            if (said != Instant.MIN && now.isBefore(said.plus(answerWithin))) return Optional.empty();
            said = now;
            return Optional.of(commands.get(at).segment());
        }
        byte[] segment = commands.get(at).segment();
        if (++copies == BLIND_COPIES) {
            copies = 0;
            at++;
        }
        return Optional.of(segment);
    }

    void on(Report report, Instant now) {
        while (returnLink
                && at < commands.size()
                && report.command() >= commands.get(at).number()) {
            at++;
            said = Instant.MIN;
            heard = now;
        }
        settled = at == 0
                || report.results().stream()
                        .noneMatch(result -> result.outcome() == CommandResult.Outcome.PENDING
                                && result.number() == commands.get(at - 1).number());
    }

    /// Of many deletions each has to be answered before a report forgets it.
    private boolean collects() {
        return at > 0 && commands.get(at - 1).collects();
    }

    /// Whether nothing is to be said or waited for any more.
    boolean over(Instant now) {
        return over(commands.size(), now);
    }

    private boolean over(int count, Instant now) {
        return at == count && (settled || now.isAfter(heard.plus(answerWithin.multipliedBy(OUTCOME_PATIENCE))));
    }
}
