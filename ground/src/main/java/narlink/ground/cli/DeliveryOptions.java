package narlink.ground.cli;

import java.util.Optional;
import narlink.ground.Repair;
import narlink.simulation.LinkProfile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// With what probability a pass without a return link is to deliver.
final class DeliveryOptions {
    @Option(
            names = "--deliver",
            paramLabel = "P",
            description =
                    "There is no return link: send as much as delivers with this probability, such as 0.999999, on"
                            + " a link like --link-profile, if the pass is long enough.")
    @Nullable
    Double probability;

    @Option(
            names = "--link-profile",
            paramLabel = "NAME",
            defaultValue = "s-256k",
            description = "Losses to expect: uhf-9k6, s-256k, s-2m, x-opt-100m (default ${DEFAULT-VALUE}).")
    String profile = "";

    Optional<Repair> repair(int segmentSize) {
        if (probability == null) return Optional.empty();
        var link = LinkProfile.named(profile)
                .orElseThrow(() -> new UsageException(
                        "no link profile " + profile + "; there are uhf-9k6, s-256k, s-2m and x-opt-100m"));
        try {
            return Optional.of(new Repair.ForDelivery(probability, link, segmentSize));
        } catch (IllegalArgumentException e) {
            throw new UsageException("--deliver: " + e.getMessage());
        }
    }
}
