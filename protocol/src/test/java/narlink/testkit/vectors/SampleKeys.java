package narlink.testkit.vectors;

import narlink.nix.SecretKey;
import narlink.testkit.Vectors;
import narlink.wire.SatelliteName;

/// The keys of the vectors, known to everybody.
final class SampleKeys {
    static final SatelliteName SATELLITE = new SatelliteName("sat-7");

    private SampleKeys() {}

    /// The station's.
    static SecretKey station() {
        return SecretKey.parse(Vectors.nix().text("keys/test.sec").strip());
    }

    /// The satellite's.
    static SecretKey flight() {
        return SecretKey.parse(Vectors.nix().text("keys/other.sec").strip());
    }
}
