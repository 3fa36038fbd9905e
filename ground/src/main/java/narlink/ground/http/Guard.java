package narlink.ground.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Who may ask what. Whoever knows the token may do everything. Without it nothing can be changed; what there is can be
/// read, but from this machine only.
///
/// A browser lends its place on this machine to every page that it shows. So on loopback the Host header must be a name
/// of this machine: a foreign name that was made to resolve to 127.0.0.1 is turned away. A foreign page can neither
/// read answers, since none has a CORS header, nor send the token, since it does not know it.
///
/// @param token what a client shows as `Authorization: Bearer TOKEN`
/// @param loopback whether only this machine reaches the server
record Guard(String token, boolean loopback) {
    private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Pattern PORT = Pattern.compile(":[0-9]{1,5}$");
    private static final String BEARER = "Bearer ";

    /// What to answer to somebody who may not ask this.
    ///
    /// @param secret whether it is to be hidden from other machines
    Optional<Answer> refuse(Request request, boolean secret) {
        if (loopback && !isThisMachine(request)) {
            return Optional.of(
                    Answer.error(421, "ask by the name localhost or 127.0.0.1: the Host header names another machine"));
        }
        boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
        if (reads && (loopback || !secret) || knowsToken(request)) return Optional.empty();
        return Optional.of(Answer.error(
                401,
                "this needs the token, as Authorization: Bearer TOKEN; it stands in keys/http.token of the state"
                        + " directory"));
    }

    private static boolean isThisMachine(Request request) {
        return request.host()
                .map(host -> NAMES.contains(PORT.matcher(host).replaceFirst("")))
                .orElse(false);
    }

    private boolean knowsToken(Request request) {
        return request.authorization()
                .filter(shown -> shown.startsWith(BEARER))
                .map(shown -> MessageDigest.isEqual(
                        shown.substring(BEARER.length()).getBytes(StandardCharsets.UTF_8),
                        token.getBytes(StandardCharsets.UTF_8)))
                .orElse(false);
    }

    @Override
    public String toString() {
        return "Guard[loopback=" + loopback + "]"; // Without the token: this may end up in a log.
    }
}
