/// The server's HTTP side: a JSON API, Prometheus metrics and a dashboard. Beside [narlink.ground.link] only this
/// package speaks Netty.
///
/// A [narlink.ground.http.HttpServer] has connections speak HTTP within limits and hands each request to its
/// [narlink.ground.http.Site], which first asks [narlink.ground.http.Guard], then looks into
/// [narlink.ground.http.Assets], [narlink.ground.http.Readings] (GET) or [narlink.ground.http.Changes] (POST). What is
/// in flight stands in [narlink.ground.http.LivePasses], which listens to the passes; all else is read from the ledger.
@NullMarked
package narlink.ground.http;

import org.jspecify.annotations.NullMarked;
