/// RaptorQ (RFC 6330), bit-exact: any symbols of a source block, a few more than there are source symbols at most,
/// give the block back. [narlink.fec.Oti] cuts an object into blocks, [narlink.fec.BlockEncoder] makes symbols,
/// [narlink.fec.BlockDecoder] takes them, and [narlink.fec.Throughput] measures both.
///
/// ## The code
///
/// K source symbols (padded with zeros to K', for which the RFC has parameters) stand for L = K' + S + H intermediate
/// symbols C. Each encoding symbol is the XOR of a few of them, which `Generator` picks by the symbol's id. S sparse
/// LDPC relations and H dense HDPC relations hold among the C as well. So to encode is to solve A·C = D, D being the
/// source symbols and zeros, and then to add up; to decode is to solve it with the rows of the symbols that came.
///
/// ## Plan, then replay
///
/// A depends on which symbols are known, never on their bytes. So all decisions are made once, on bits, and written
/// down as a `Plan`: a list of sums of symbols. A `Kernel` replays it on bytes. `EncodePlans` keeps plans by K', and
/// a decoder that fails keeps what it knows about its matrix and goes on with one more row.
///
/// ## The five phases of RFC 6330 §5.4.2, here
///
/// 1. `Peeling`. A row with one unknown (active) column left determines it. Where there is none, a lightest row keeps
///    one column and the others become inactive: they are left for later. The PI columns are inactive from the start.
///    The RFC prefers certain rows of weight 2, by connected components; any will do, and that costs a few more
///    additions and saves most of the planning.
/// 2. `Elimination`. What remains are u inactive columns, some 150 at K = 4096. Rows are sets of these, 64 to a long.
///    Binary rows are reduced among themselves as far as they go. The HDPC rows, with coefficients in GF(256), are
///    reduced by them and then decide the columns that are still free, at most H. So a set of symbols is refused only
///    if binary and HDPC rows together fall short.
/// 3. The RFC then makes the peeled part sparse again by multiplying with X, which undoes phase 2's changes to it.
///    Here nothing was changed: the peeled part is never touched in phase 2, so X is not needed.
/// 4. `Plan`'s `forward`: each pivot is the sum of its known symbol and earlier pivots, all inactive symbols taken as
///    zero; then the residual rows, `complete` and `free` give the inactive symbols.
/// 5. `Plan`'s `backward`: each pivot once more from its own sparse row, this time with the true inactive symbols.
///
/// ## What was changed, and why the bytes are the same
///
/// A has full rank, so A·C = D has one solution, whatever the way to it; the standard fixes C, not the way. A set of
/// less than full rank is never solved. What differs from the RFC's way:
///
/// - **HDPC as a recurrence** (`Hdpc`). MT·GAMMA is dense, H multiplications in GF(256) for each symbol. But GAMMA's
///   columns are powers of alpha, so with y = alpha·y + C\[j\] each y has to be added to two rows only. Multiplication
/// by
///   alpha is a shift and a conditional XOR. On coefficients the same recurrence runs for 64 columns at once.
/// - **Planes instead of products.** A sum with coefficients in GF(256) is eight plain sums, one for each bit, put
///   together by Horner's rule. So symbols meet XOR and alpha, and nothing else: no tables, and all of the dense part
///   is one binary matrix.
/// - **Four Russians** (`Combinations`). The dense part adds up sums of four symbols that are made once.
/// - **Gathers.** Each step of a plan reads all its terms and writes once, with the sum in registers meanwhile.
///
/// ## Memory and time
///
/// A codec holds its known symbols and a `Slab` of the L intermediate symbols and some 4u of scratch, all in a few
/// arrays which are used for block after block (`reset`). At K = 4096, T = 1280 that is 6.3 MB beside the data for an
/// encoder, and 14 to 19 MB in all for a decoder, by how many repair symbols it takes in. Symbol sizes that are
/// multiples of 64 are used in place; others are
/// copied to padded memory. Codecs share nothing but the plan cache, so blocks can be coded on as many threads as
/// there are codecs.
///
/// Planning takes some 1.2 ms at K = 4096 when the symbols that came are any. Somebody who picks only symbols of high
/// degree makes most columns inactive: 0.4 s at K = 4096, and far more above, so K stays at 4096 where time counts.
///
/// `LongKernel` runs everywhere. `VectorKernel` uses the Vector API where the JVM was started with
/// `--add-modules jdk.incubator.vector`, and takes over once the JIT has compiled it (`Kernels`).
@NullMarked
package narlink.fec;

import org.jspecify.annotations.NullMarked;
