package narlink.ground.cli;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import narlink.ground.Ledger;
import narlink.ground.Mirror;
import narlink.ground.Orders;
import narlink.ground.ReportReader;

/// What a plan rests on: paths that a human named, or the mirror, as far as it is acknowledged, and how old that is.
///
/// @param named whether `--have` took the mirror's place
/// @param age of the last report
/// @param inSync whether the mirror is what that report told
record Basis(boolean named, Mirror mirror, Optional<Duration> age, boolean inSync) {
    static Basis of(Ledger ledger, Orders.Request request) {
        var name = request.satellite().name();
        var mirror = ledger.mirror(name);
        return new Basis(
                !request.have().isEmpty(),
                mirror,
                ledger.lastReport(name).map(heard -> Duration.between(heard.heard(), Instant.now())),
                ReportReader.last(ledger, request.satellite())
                        .map(report -> mirror.is(report.storeDigest()))
                        .orElse(false));
    }

    void describe(JsonObject out) {
        out.addProperty("restsOn", named ? "have" : inSync ? "acknowledged" : "predicted");
        age.ifPresent(time -> out.addProperty("reportAge", time.toSeconds()));
    }

    String line() {
        if (named) return "rests on the paths of --have, not on the mirror";
        var beliefs = mirror.paths().size() + " paths, " + StatusCommand.beliefs(mirror);
        return age.map(time -> "rests on the mirror: " + beliefs + "; the last report, " + Durations.human(time)
                        + " ago, told " + (inSync ? "of just this store" : "of another store"))
                .orElse("rests on the mirror: " + beliefs + "; no report was ever heard");
    }
}
