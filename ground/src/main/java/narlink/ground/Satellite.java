package narlink.ground;

import java.util.Optional;
import narlink.nix.PublicKey;
import narlink.wire.SatelliteName;

/// A device of the fleet.
///
/// @param flightKey signs its reports
/// @param system Nix's name of the machine, once it is told or reported
public record Satellite(SatelliteName name, PublicKey flightKey, Optional<String> system) {}
