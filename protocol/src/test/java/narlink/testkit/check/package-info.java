/// Properties that you can hold your own parts to. [narlink.testkit.check.PipeCheck] asks whether a comms path keeps
/// what
/// narlink needs of a pipe; [narlink.testkit.check.ReceiverCheck] whether a receiver takes a deployment off a bad link
/// and tells the truth of it.
@NullMarked
package narlink.testkit.check;

import org.jspecify.annotations.NullMarked;
