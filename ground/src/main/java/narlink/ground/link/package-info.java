/// Links over Netty, for the pipes that are sockets, and over the JDK's streams for the others. Only this package
/// speaks
/// Netty.
@NullMarked
package narlink.ground.link;

import org.jspecify.annotations.NullMarked;
