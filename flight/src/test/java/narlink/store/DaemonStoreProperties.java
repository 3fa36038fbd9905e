package narlink.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.util.List;
import narlink.testkit.NarTree;
import narlink.testkit.NarTrees;
import narlink.testkit.RealNix;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;

@AddLifecycleHook(RealNix.Required.class)
final class DaemonStoreProperties {
    @Provide
    Arbitrary<List<NarTree>> forests() {
        return NarTrees.trees().list().ofMinSize(20).ofMaxSize(40);
    }

    /// What our reader takes as canonical is just what Nix makes of the tree.
    @Property(tries = 5)
    void anyTreeComesBackAsItWent(@ForAll("forests") List<NarTree> trees) throws Exception {
        var root = Files.createTempDirectory("narlink-forest");
        try (var store = DaemonStore.chroot(root, Options.of(root).trusting(List.of(Sample.KEY.publicKey())))) {
            for (int i = 0; i < trees.size(); i++) {
                var sample = Sample.of("tree-" + i, trees.get(i).nar());
                sample.addTo(store);
                var out = new ByteArrayOutputStream();
                store.nar(sample.path(), out);
                assertArrayEquals(sample.nar().toArray(), out.toByteArray());
            }
            assertTrue(RealNix.verifies(root));
        } finally {
            RealNix.run("chmod", "-R", "u+w", root.toString()); // Nix makes everything read-only.
            RealNix.run("rm", "-rf", root.toString());
        }
    }
}
