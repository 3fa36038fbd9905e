package narlink.ground;

import java.util.Collection;
import java.util.Map;
import narlink.wire.SatelliteName;

/// The order in which deployments go up. Every method is one transaction; what it wrote is durable on return.
public interface Places {
    /// Those that somebody said something of, by deployment.
    Map<Integer, Place> of(SatelliteName satellite);

    /// Puts deployments where these say, in place of what was said of them before.
    void put(SatelliteName satellite, Collection<Place> places);

    /// Whether no deployment is to go up for now.
    boolean frozen(SatelliteName satellite);

    void freeze(SatelliteName satellite, boolean frozen);
}
