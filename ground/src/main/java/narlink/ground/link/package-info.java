/// Links over Netty, for the pipes that are sockets, and over the JDK's streams for the others. Beside
/// [narlink.ground.http] only this package speaks Netty.
@NullMarked
package narlink.ground.link;

import org.jspecify.annotations.NullMarked;
