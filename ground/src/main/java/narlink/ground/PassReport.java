package narlink.ground;

import java.time.Instant;
import java.util.List;

/// What came of a contact.
///
/// @param left what is still to go up, for the next one
public record PassReport(
        StationLink.Route route, Instant begin, Instant end, Pass.Result result, List<Deployment> left) {}
