/// Whole missions in simulated time: ground and flight with the classes that fly, on a link, disks, stores, clocks and
/// power that are models and fail. Everything that happens follows from one seed.
///
/// A [narlink.ground.simulation.World] has the time and what is still to happen; whatever waits, a pass or a worker on
/// board, is a [narlink.ground.simulation.Fiber], of which one runs at a time. [narlink.ground.simulation.Board] is the
/// satellite, [narlink.ground.simulation.Earth] the ground, [narlink.ground.simulation.SimulatedLink] what lies between
/// them. [narlink.ground.simulation.Operators], [narlink.ground.simulation.Nature] and
/// [narlink.ground.simulation.Adversary] see to it that something happens; [narlink.ground.simulation.Invariants] look
/// at all of it. [narlink.ground.simulation.Simulation] runs a seed.
@NullMarked
package narlink.ground.simulation;

import org.jspecify.annotations.NullMarked;
