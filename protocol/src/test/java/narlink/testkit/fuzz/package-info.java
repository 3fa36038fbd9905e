/// A small coverage-guided fuzzer for decoders. A [narlink.testkit.fuzz.FuzzTarget] says what is decoded and what must
/// hold of it; [narlink.testkit.fuzz.Fuzzer] feeds it with inputs made of its corpus, and keeps those that reach code
/// that none before reached. Equal seeds and equal code give equal inputs.
@NullMarked
package narlink.testkit.fuzz;

import org.jspecify.annotations.NullMarked;
