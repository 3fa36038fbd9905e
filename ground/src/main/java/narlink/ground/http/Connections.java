package narlink.ground.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelId;
import java.util.LinkedHashMap;

/// The open connections, a bounded number of them: a new one takes the place of that which has asked nothing for the
/// longest. Belongs to the server's one event loop.
final class Connections {
    static final int MOST = 200;

    private final LinkedHashMap<ChannelId, Channel> open = new LinkedHashMap<>(16, 0.75f, true);

    void opened(Channel channel) {
        open.put(channel.id(), channel);
        if (open.size() > MOST) open.pollFirstEntry().getValue().close();
    }

    /// It has asked something.
    void used(Channel channel) {
        open.get(channel.id()); // In the order of access, it is the last one now.
    }

    void closed(Channel channel) {
        open.remove(channel.id());
    }
}
