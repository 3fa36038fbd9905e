package narlink.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import narlink.Sha256;
import narlink.nix.PublicKey;
import narlink.nix.SecretKey;
import narlink.v1.Segment;

/// Signs messages into segments, and opens segments (§3). The body's bytes are signed as they are and are never
/// serialized again on the way.
public final class Envelope {
    private static final byte[] DOMAIN = "narlink-segment-1\0".getBytes(StandardCharsets.US_ASCII);

    /// Towards the satellite or back; part of what is signed, so that neither end's segments can be played to itself.
    public enum Direction {
        UP('U'),
        DOWN('D');

        private final char code;

        Direction(char code) {
            this.code = code;
        }
    }

    /// Known public keys by id.
    @FunctionalInterface
    public interface Keys {
        List<PublicKey> withId(KeyId id);

        static Keys of(List<PublicKey> keys) {
            var copy = List.copyOf(keys);
            return id -> copy.stream().filter(key -> KeyId.of(key).equals(id)).toList();
        }
    }

    /// Seals between this end and stations.
    @FunctionalInterface
    public interface Seals {
        /// For a deployment's symbols of the stations with this key id.
        List<Sealer> withId(KeyId id, int deployment);
    }

    /// A seal and the station that may have used it.
    public record Sealer(Seal seal, PublicKey station) {}

    private Envelope() {}

    /// The segment that says `message`, signed by `key`.
    public static byte[] seal(Message message, SecretKey key, Direction direction, SatelliteName satellite) {
        return sealBody(Messages.write(message), key, direction, satellite);
    }

    /// The segment that says `symbols` to who shares the seal with this station (§3.6).
    public static byte[] seal(Symbols symbols, Seal seal, PublicKey station) {
        var sealed = seal.seal(symbols);
        return Segment.newBuilder()
                .setBody(UnsafeByteOperations.unsafeWrap(Messages.write(sealed.symbols())))
                .setKey(KeyId.of(station).value())
                .setSealed(UnsafeByteOperations.unsafeWrap(sealed.tag()))
                .build()
                .toByteArray();
    }

    /// Bytes of the segment that says `message`, signed by `key`, without the work of signing it.
    public static int signedSize(Message message, SecretKey key) {
        return signed(Messages.write(message), key, new byte[PublicKey.SIGNATURE_LENGTH])
                .getSerializedSize();
    }

    private static Segment signed(byte[] body, SecretKey key, byte[] signature) {
        return Segment.newBuilder()
                .setBody(UnsafeByteOperations.unsafeWrap(body))
                .setKey(KeyId.of(key.publicKey()).value())
                .setSigned(UnsafeByteOperations.unsafeWrap(signature))
                .build();
    }

    static byte[] sealBody(byte[] body, SecretKey key, Direction direction, SatelliteName satellite) {
        byte[] segment =
                signed(body, key, key.sign(signed(body, direction, satellite))).toByteArray();
        if (segment.length > Frames.MAX_SEGMENT) {
            throw new IllegalArgumentException("segment of " + segment.length + " bytes");
        }
        return segment;
    }

    /// What `segment` says, if a key out of `keys` signed it for this direction and satellite.
    public static Opened open(byte[] segment, Keys keys, Direction direction, SatelliteName satellite) {
        return open(segment, keys, (id, deployment) -> List.of(), direction, satellite);
    }

    /// The same, with sealed symbols.
    public static Opened open(byte[] segment, Keys keys, Seals seals, Direction direction, SatelliteName satellite) {
        Segment parsed;
        try {
            parsed = Segment.parseFrom(segment);
        } catch (InvalidProtocolBufferException e) {
            return new Opened.Rejected(Opened.Reason.MALFORMED);
        }
        var candidates = keys.withId(new KeyId(parsed.getKey()));
        if (candidates.isEmpty()) {
            return new Opened.Rejected(Opened.Reason.UNKNOWN_KEY);
        }
        if (parsed.hasSealed()) return unsealed(parsed, segment, seals);
        if (!parsed.hasSigned()) {
            return new Opened.Rejected(Opened.Reason.UNKNOWN_KIND);
        }
        // Anything in the segment that the signature does not cover would be a place for an attacker to write.
        if (!Arrays.equals(canonical(parsed), segment)) {
            return new Opened.Rejected(Opened.Reason.MALFORMED);
        }
        byte[] body = parsed.getBody().toByteArray();
        byte[] message = signed(body, direction, satellite);
        byte[] signature = parsed.getSigned().toByteArray();
        for (var key : candidates) {
            if (key.verify(message, signature)) {
                return switch (Messages.parse(body)) {
                    case Messages.Parsed.Known known -> new Opened.Trusted(known.message(), key);
                    case Messages.Parsed.Unknown unknown -> new Opened.Rejected(Opened.Reason.UNKNOWN_KIND);
                    case Messages.Parsed.Malformed malformed -> new Opened.Rejected(Opened.Reason.MALFORMED);
                };
            }
        }
        return new Opened.Rejected(Opened.Reason.BAD_SIGNATURE);
    }

    private static Opened unsealed(Segment parsed, byte[] segment, Seals seals) {
        byte[] body = parsed.getBody().toByteArray();
        if (!(Messages.parse(body) instanceof Messages.Parsed.Known known)
                || !(known.message() instanceof Symbols symbols)) {
            return new Opened.Rejected(Opened.Reason.UNKNOWN_KIND);
        }
        // The seal covers what the header says, not how it is written.
        byte[] canonical = Segment.newBuilder()
                .setBody(UnsafeByteOperations.unsafeWrap(Messages.write(symbols)))
                .setKey(parsed.getKey())
                .setSealed(parsed.getSealed())
                .build()
                .toByteArray();
        if (!Arrays.equals(canonical, segment)) return new Opened.Rejected(Opened.Reason.MALFORMED);
        var sealed = new Seal.Sealed(symbols, parsed.getSealed().toByteArray());
        var sealers = seals.withId(new KeyId(parsed.getKey()), symbols.deployment());
        if (sealers.isEmpty()) return new Opened.Rejected(Opened.Reason.UNKNOWN_KEY);
        for (var sealer : sealers) {
            var opened = sealer.seal().open(sealed);
            if (opened.isPresent()) return new Opened.Trusted(opened.get(), sealer.station());
        }
        return new Opened.Rejected(Opened.Reason.BAD_SIGNATURE);
    }

    /// What a segment says, whoever signed it: for one's own segments and for those that were opened before they were
    /// kept, never for what comes over a link.
    public static Optional<Message> peek(byte[] segment) {
        try {
            return Messages.parse(Segment.parseFrom(segment).getBody().toByteArray())
                            instanceof Messages.Parsed.Known known
                    ? Optional.of(known.message())
                    : Optional.empty();
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty();
        }
    }

    private static byte[] canonical(Segment parsed) {
        return Segment.newBuilder()
                .setBody(parsed.getBody())
                .setKey(parsed.getKey())
                .setSigned(parsed.getSigned())
                .build()
                .toByteArray();
    }

    /// §3.3: the domain string and the SHA-256 of direction, satellite and body. Hashing first keeps Ed25519's own
    /// SHA-512, which is slow in pure Java, off large bodies.
    private static byte[] signed(byte[] body, Direction direction, SatelliteName satellite) {
        byte[] name = satellite.value().getBytes(StandardCharsets.US_ASCII);
        var digest = Sha256.digest();
        digest.update((byte) direction.code);
        digest.update((byte) name.length);
        digest.update(name);
        digest.update(body);
        byte[] hash = digest.digest();
        byte[] message = Arrays.copyOf(DOMAIN, DOMAIN.length + hash.length);
        System.arraycopy(hash, 0, message, DOMAIN.length, hash.length);
        return message;
    }
}
