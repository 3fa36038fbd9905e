package narlink.wire;

/// The two FEC objects of a deployment (§5).
public enum FecObject {
    PACK,
    MANIFEST
}
