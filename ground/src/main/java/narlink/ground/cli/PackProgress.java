package narlink.ground.cli;

import java.util.function.BiConsumer;
import narlink.nix.StorePath;

/// Tells a person at a terminal which path is being packed.
final class PackProgress implements BiConsumer<StorePath, Long> {
    @Override
    public void accept(StorePath path, Long rawBytes) {
        Terminal.status("packing " + path.baseName() + " (" + ByteCount.human(rawBytes) + " so far)");
    }
}
