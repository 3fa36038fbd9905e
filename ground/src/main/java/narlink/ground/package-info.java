/// Earth's side. [narlink.ground.Mirror] is what is known of a satellite's store; [narlink.ground.Planner] works out
/// what it lacks; [narlink.ground.Packer] writes that as pack and manifest; [narlink.ground.Rehearsal] decodes it again
/// with the very classes that fly; only then is a deployment signed and put into the [narlink.ground.Queue]. In a pass,
/// [narlink.ground.Transmission] decides what goes up next, by reports and what [narlink.ground.Soundings] has measured
/// of the link, in segments as long as [narlink.ground.SegmentSizes] advises, or without them by a
/// [narlink.ground.Repair] budget; [narlink.ground.Pass] carries it out over a [narlink.ground.Link], as fast as
/// [narlink.ground.Pacing] lets it.
///
/// [narlink.ground.Server] flies passes day and night: a [narlink.ground.LinkKeeper] for each link of the
/// [narlink.ground.Timetable], when the [narlink.ground.ContactPlan] says so.
///
/// Where a report's digest is not the mirror's, [narlink.ground.Reconciliation] works out what to ask, and
/// [narlink.ground.Asking] asks it; [narlink.ground.Cleanup] is what may be deleted on board.
///
/// [narlink.ground.SatelliteView] is all that is known of a satellite, [narlink.ground.FleetMember] that in short, and
/// [narlink.ground.Outlook] tells in how many passes its queue will be there; [narlink.ground.json] says so to
/// programs, [narlink.ground.http] to browsers.
///
/// [narlink.ground.Ledger] is the memory of all that; the database behind it, SQLite or PostgreSQL, stays in its own
/// package. It may be away for a while: a [narlink.ground.LedgerException] ends no pass.
@NullMarked
package narlink.ground;

import org.jspecify.annotations.NullMarked;
