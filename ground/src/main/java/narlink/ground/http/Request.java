package narlink.ground.http;

import java.util.List;
import java.util.Optional;
import narlink.Bytes;

/// What somebody asks.
///
/// @param path decoded, without the query
/// @param host the Host header
/// @param authorization the Authorization header
record Request(String method, String path, Optional<String> host, Optional<String> authorization, Bytes body) {
    /// What lies between the slashes: `/api/fleet` is `api`, `fleet`.
    List<String> parts() {
        return List.of(path.substring(1).split("/", -1));
    }
}
