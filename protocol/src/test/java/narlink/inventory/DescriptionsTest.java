package narlink.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import narlink.Bytes;
import narlink.Sha256;
import narlink.inventory.Descriptions.Column;
import narlink.nix.PathInfo;
import narlink.nix.StorePath;
import org.junit.jupiter.api.Test;

/// Three paths as §13.5 has them told. The bytes were decoded by a program that was written from the specification
/// alone.
final class DescriptionsTest {
    private static final String DIGEST = "01".repeat(20);
    private static final String CODE = "afd56e41faa89e94efb607982b993652b03cdabfd407d8fe957f";

    @Test
    void namesSizesAndReferences() throws MalformedInventoryException {
        told(
                EnumSet.of(Column.NAME, Column.TRAITS),
                "03" + DIGEST + "6e34" + "02".repeat(20) + "4bf5" + "03".repeat(20) + "dbc1" + CODE + "137152ed65",
                List.of(1_179_648L, 4096L, 29_360_128L));
    }

    @Test
    void sizesAndReferencesAlone() throws MalformedInventoryException {
        told(EnumSet.of(Column.TRAITS), "03cc3cb8eb86", List.of(1_179_648L, 4096L, 29_360_128L));
    }

    @Test
    void sizesAreExactBesideWholeHashes() throws MalformedInventoryException {
        var object = new StringBuilder("03");
        for (int i = 0; i < 3; i++) {
            object.append("0%d".formatted(i + 1).repeat(20))
                    .append(Sha256.of(new byte[] {(byte) i}).hex());
        }
        told(
                EnumSet.allOf(Column.class),
                object + CODE + "0a18cbcfc59b1cf8d82e3e",
                List.of(1_234_568L, 4096L, 29_999_992L));
    }

    private static void told(Set<Column> columns, String object, List<Long> sizes) throws MalformedInventoryException {
        var infos = infos();
        var positions =
                Descriptions.positions(infos.stream().map(PathInfo::path).toList());
        assertEquals(
                object,
                Bytes.of(Descriptions.write(infos, columns, positions::get, 3)).hex());
        var told = Descriptions.read(Bytes.ofHex(object).toArray(), columns, 3);
        assertEquals(sizes, told.sizes());
        assertEquals(List.of(List.of(0, 2), List.of(), List.of(2)), told.references());
    }

    private static List<PathInfo> infos() {
        var paths = new ArrayList<StorePath>();
        for (var name : List.of("bash-5.2", "bash-5.2-doc", "glibc-2.39")) {
            byte[] digest = new byte[StorePath.DIGEST_BYTES];
            Arrays.fill(digest, (byte) (paths.size() + 1));
            paths.add(StorePath.of(digest, name));
        }
        return List.of(
                info(paths.get(0), 0, 1_234_568, List.of(paths.get(0), paths.get(2))),
                info(paths.get(1), 1, 4096, List.of()),
                info(paths.get(2), 2, 29_999_992, List.of(paths.get(2))));
    }

    private static PathInfo info(StorePath path, int contents, long size, List<StorePath> references) {
        return new PathInfo(
                path,
                Sha256.of(new byte[] {(byte) contents}),
                size,
                new TreeSet<>(references),
                Optional.empty(),
                List.of(),
                Optional.empty());
    }
}
