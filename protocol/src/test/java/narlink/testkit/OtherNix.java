package narlink.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// The Nix of another system, whose root directory is given. For Debian 13's 2.26:
///
///     debootstrap --variant=minbase --include=nix-bin,libdbi-perl trixie DIR
///     mvn verify -Dnarlink.nix.root=DIR
///
/// Tests that want it are annotated with `@EnabledIfSystemProperty(named = OtherNix.ROOT, matches = ".+")`.
public final class OtherNix {
    public static final String ROOT = "narlink.nix.root";

    /// Runs its name's program in the other system, which sees this one's `/tmp` and `/nix`. A root of its own, and
    /// not `chroot`, since Nix makes namespaces for its sandbox.
    private static final String SCRIPT = """
            #!/bin/sh
            exec unshare --mount --propagation private sh -ec '
              root=$1; shift
              mount --rbind "$root" "$root"
              for shared in tmp proc dev nix mnt; do
                mkdir -p "$root/$shared"
                test $shared = mnt || test ! -d /$shared || mount --rbind /$shared "$root/$shared"
              done
              cd "$root"; pivot_root . mnt; cd /; umount -l /mnt
              PATH=/usr/sbin:/usr/bin:/sbin:/bin exec "$@"' sh "%s" %s "$@"
            """;

    private OtherNix() {}

    /// Makes its programs in a directory.
    ///
    /// @return a `PATH` that finds them first
    public static String path(Path directory) throws IOException {
        Files.createDirectories(directory);
        for (var program : List.of("nix", "nix-store", "nix-daemon")) {
            var file =
                    Files.writeString(directory.resolve(program), SCRIPT.formatted(System.getProperty(ROOT), program));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return directory + ":" + System.getenv().getOrDefault("PATH", "");
    }
}
