package narlink.ground;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import narlink.Bytes;
import narlink.nix.Nix32;
import narlink.wire.Report;

/// All that Earth knows of one satellite, read from the ledger once.
///
/// @param report the last one that was believed
/// @param heard when it came
public record SatelliteView(
        Satellite satellite,
        Mirror mirror,
        Optional<Report> report,
        Optional<Instant> heard,
        List<Deployment> deployments,
        List<QueuedCommand> commands) {
    public static SatelliteView of(Ledger ledger, Satellite satellite) {
        var name = satellite.name();
        return new SatelliteView(
                satellite,
                ledger.mirror(name),
                ReportReader.last(ledger, satellite),
                ledger.lastReport(name).map(Ledger.HeardReport::heard),
                ledger.deployments(name),
                ledger.commands(name));
    }

    /// How old the last report is.
    public Optional<Duration> age(Instant now) {
        return heard.map(then -> Duration.between(then, now));
    }

    /// Whether the mirror is what was reported last.
    public boolean inSync() {
        return report.map(known -> mirror.is(known.storeDigest())).orElse(false);
    }

    /// The profiles on board.
    public List<Report.ProfileReport> profiles() {
        return report.map(Report::profiles).orElse(List.of());
    }

    /// The whole path where the mirror knows it, else its digest part.
    public String path(Report.ProfileReport profile) {
        var digest = Nix32.encode(profile.path().toArray());
        return mirror.paths().keySet().stream()
                .filter(path -> path.digest().equals(digest))
                .map(Object::toString)
                .findFirst()
                .orElse(digest);
    }

    /// What the profile's generation was built of, as a locked flake reference; empty where that is not known.
    public String origin(Report.ProfileReport profile) {
        return deployments.stream()
                .filter(deployment -> deployment.profile().equals(profile.name()))
                .filter(deployment -> profile.path()
                        .equals(Bytes.of(deployment.targets().getFirst().digestBytes())))
                .map(Deployment::origin)
                .reduce("", (older, newer) -> newer);
    }
}
