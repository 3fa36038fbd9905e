package narlink.flight;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import narlink.Bytes;
import narlink.nix.PublicKey;
import narlink.nix.SecretKey;
import narlink.wire.Announcement;
import narlink.wire.Envelope;
import narlink.wire.KeyId;
import narlink.wire.SatelliteName;
import narlink.wire.Seal;

/// The seals by which stations may authenticate symbols, made when they are first needed.
final class StationSeals implements Envelope.Seals {
    /// More are not kept: they are made anew.
    private static final int KEPT = 256;

    private final SecretKey flightKey;
    private final SatelliteName satellite;
    private final IntFunction<Optional<Announcement>> announcements;
    private final Map<Key, Optional<Envelope.Sealer>> made = new HashMap<>();

    private record Key(Announcement announcement, Bytes station) {}

    /// @param announcements those that are believed, by deployment
    StationSeals(SecretKey flightKey, SatelliteName satellite, IntFunction<Optional<Announcement>> announcements) {
        this.flightKey = flightKey;
        this.satellite = satellite;
        this.announcements = announcements;
    }

    @Override
    public List<Envelope.Sealer> withId(KeyId id, int deployment) {
        var announcement = announcements.apply(deployment);
        if (announcement.isEmpty()) return List.of();
        if (made.size() > KEPT) made.clear();
        return announcement.get().stationKeys().stream()
                .filter(key -> KeyId.of(new PublicKey("station", key)).equals(id))
                .flatMap(key -> made.computeIfAbsent(new Key(announcement.get(), key), this::make).stream())
                .toList();
    }

    private Optional<Envelope.Sealer> make(Key key) {
        var station = new PublicKey("station", key.station());
        try {
            return Optional.of(
                    new Envelope.Sealer(Seal.between(flightKey, station, satellite, key.announcement()), station));
        } catch (IllegalArgumentException e) { // These 32 bytes are no key: nobody can seal with them.
            return Optional.empty();
        }
    }
}
