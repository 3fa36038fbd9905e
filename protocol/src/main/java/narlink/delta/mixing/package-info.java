/// The coder of a delta's streams that takes the fewest bytes: context mixing. Many simple models say what the next bit
/// may be, a [narlink.delta.mixing.Predictor] learns whom to believe, and a [narlink.delta.mixing.BinaryCoder] codes
/// the
/// bit in as little as it was sure of it. Integers only, so that all machines predict alike.
///
/// - [narlink.delta.mixing.DifferenceModel] codes bytes by those of the base; addresses in code and tables are foretold
///   by an `AddressField`, since the regions are an [narlink.delta.mixing.AddressMap] from old places to new ones;
/// - [narlink.delta.mixing.LiteralModel] codes bytes that are in no base, [narlink.delta.mixing.NumberModel] the
/// numbers
///   of regions.
///
/// A model runs the same code in both directions. Whatever it does changes what the pack means: §11 in
/// `proto/README.md` must tell the same.
@NullMarked
package narlink.delta.mixing;

import org.jspecify.annotations.NullMarked;
