/// The receiver. Data's way: a pipe's segments meet [narlink.wire.Envelope]; an announcement founds a
/// [narlink.flight.Reception]; symbols go to a [narlink.flight.SymbolLog]; a full block is decoded and replaces its
/// log; [narlink.flight.Importer] turns blocks into NARs and hands them to the store; [narlink.flight.Activator] sets
/// the profile; [narlink.flight.Reporter] tells Earth.
///
/// [narlink.flight.Reception] is a pure state machine; [narlink.flight.ReceptionLoop] is the one thread that owns it
/// and carries out its effects. Everything durable goes through [narlink.flight.Disk].
@NullMarked
package narlink.flight;

import org.jspecify.annotations.NullMarked;
