/// The receiver. Data's way: a pipe's segments meet [narlink.wire.Envelope]; an announcement founds a
/// [narlink.flight.Reception]; symbols go to a [narlink.flight.SymbolLog]; a full block is decoded and replaces its
/// log; [narlink.flight.Importer] turns blocks into NARs and hands them to the store; [narlink.flight.Activations] has
/// them activated; [narlink.flight.Reporter] tells Earth;
/// [narlink.flight.Census] answers its questions about the store, [narlink.flight.Scrub] reads that for damage.
///
/// [narlink.flight.Reception] and [narlink.flight.ActivationRun] are pure state machines; [narlink.flight.Deployments]
/// and [narlink.flight.Activations] carry out what they want, [narlink.flight.Commands] what Earth orders. All of them
/// are the [narlink.flight.Receiver]'s and belong to the one thread of [narlink.flight.ReceptionLoop];
/// [narlink.flight.Blocks], [narlink.flight.Hands] and [narlink.flight.Activator] work on others and answer. Everything
/// durable goes through [narlink.flight.Disk]; threads, time since boot and programs are the
/// [narlink.flight.Machine]'s, so that a simulator can step a [narlink.flight.SteppedReceiver] in their place.
@NullMarked
package narlink.flight;

import org.jspecify.annotations.NullMarked;
