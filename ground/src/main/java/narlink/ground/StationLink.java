package narlink.ground;

import narlink.wire.PipeUrl;
import narlink.wire.SatelliteName;

/// The pipe by which a station reaches a satellite, for the server to open in each contact.
///
/// @param settings of its passes; how long they last, the contact plan tells
public record StationLink(Route route, PipeUrl pipe, Pass.Settings settings) {
    /// A satellite by way of a station.
    public record Route(SatelliteName satellite, StationName station) implements Comparable<Route> {
        @Override
        public int compareTo(Route other) {
            int first = satellite.compareTo(other.satellite);
            return first != 0 ? first : station.compareTo(other.station);
        }

        @Override
        public String toString() {
            return satellite + " by " + station;
        }
    }
}
