package narlink.ground;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import narlink.Bytes;
import narlink.Sha256;
import narlink.nix.Nix32;
import narlink.wire.Report;

/// All that Earth knows of one satellite, read from the ledger once.
///
/// @param report the last one that was believed
/// @param heard when it came
/// @param frozen whether no deployment is to go up for now
/// @param arrivals when those of the queue will be on board, as far as that can be told
public record SatelliteView(
        Satellite satellite,
        Mirror mirror,
        Optional<Report> report,
        Optional<Instant> heard,
        List<Deployment> deployments,
        List<QueuedCommand> commands,
        boolean frozen,
        List<Outlook.Arrival> arrivals) {
    public static SatelliteView of(Ledger ledger, Satellite satellite, Instant now) {
        var name = satellite.name();
        var timetable = ledger.timetable();
        var outlook = new Outlook(
                timetable.links().stream()
                        .filter(link -> link.route().satellite().equals(name))
                        .toList(),
                timetable.contacts().stream()
                        .filter(contact -> contact.route().satellite().equals(name))
                        .toList(),
                now);
        boolean frozen = ledger.places().frozen(name);
        return new SatelliteView(
                satellite,
                ledger.mirror(name),
                ReportReader.last(ledger, satellite),
                ledger.lastReport(name).map(Ledger.HeardReport::heard),
                ledger.deployments(name),
                ledger.commands(name),
                frozen,
                frozen ? List.of() : outlook.of(new Queue(ledger, name).deployments()));
    }

    /// How old the last report is.
    public Optional<Duration> age(Instant now) {
        return heard.map(then -> Duration.between(then, now));
    }

    /// Whether the mirror is what was reported last.
    public boolean inSync() {
        return report.map(known -> mirror.is(known.storeDigest())).orElse(false);
    }

    /// The digest of the store that was reported last: the whole of it where the mirror tells it, else what the report
    /// tells of it.
    public Optional<Bytes> storeDigest() {
        return report.map(known -> inSync()
                ? mirror.digest()
                        .map(Sha256::bytes)
                        .filter(whole -> whole.startsWith(known.storeDigest()))
                        .orElse(known.storeDigest())
                : known.storeDigest());
    }

    /// The profiles on board.
    public List<Report.ProfileReport> profiles() {
        return report.map(Report::profiles).orElse(List.of());
    }

    /// The whole path where the mirror knows it, else the end of its digest part.
    public String path(Report.ProfileReport profile) {
        return mirror.paths().keySet().stream()
                .filter(profile::leadsTo)
                .map(Object::toString)
                .findFirst()
                .orElseGet(() -> "…" + Nix32.encode(profile.path().toArray()));
    }

    /// What the profile's generation was built of, as a locked flake reference; empty where that is not known.
    public String origin(Report.ProfileReport profile) {
        return deployments.stream()
                .filter(deployment -> deployment.profile().equals(profile.name()))
                .filter(deployment -> profile.leadsTo(deployment.targets().getFirst()))
                .map(Deployment::origin)
                .reduce("", (older, newer) -> newer);
    }
}
