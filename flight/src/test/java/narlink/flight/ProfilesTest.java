package narlink.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import narlink.nix.StorePath;
import narlink.pack.ProfileName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProfilesTest {
    private static final StorePath ONE = StorePath.of(new byte[20], "one");
    private static final StorePath TWO = StorePath.of(new byte[20], "two");
    private static final ProfileName NAME = new ProfileName("system");

    @TempDir
    Path directory;

    @Test
    void generationsAreNumberedAsNixDoes() throws IOException {
        var profiles = new Profiles(new RealDisk(directory), directory.resolve("profiles"));
        assertTrue(profiles.current(NAME).isEmpty());
        assertEquals(1, profiles.generation(NAME, ONE, 0));
        profiles.activate(NAME, 1);
        assertEquals(2, profiles.generation(NAME, TWO, 0));
        assertEquals(1, profiles.current(NAME).orElseThrow().generation());
        profiles.activate(NAME, 2);
        assertEquals(TWO, profiles.current(NAME).orElseThrow().path());
        assertEquals(2, profiles.generation(NAME, TWO, 0));
        assertEquals(3, profiles.generation(NAME, ONE, 0));
        // One that is confirmed keeps the way it was activated.
        assertEquals(3, profiles.generation(NAME, ONE, 2));
        assertEquals(4, profiles.generation(NAME, ONE, 3));
        profiles.drop(NAME, 4);
        assertEquals(
                "system-2-link", Files.readSymbolicLink(profiles.link(NAME)).toString());
        assertEquals(1, profiles.all().size());
        profiles.deactivate(NAME);
        assertTrue(profiles.all().isEmpty());
        assertEquals(3, profiles.generations(NAME).size());
    }

    @Test
    void aNameThatContainsAnotherIsAnotherProfile() throws IOException {
        var profiles = new Profiles(new RealDisk(directory), directory);
        profiles.generation(new ProfileName("system-1"), ONE, 0);
        profiles.generation(NAME, TWO, 0);
        assertEquals(1, profiles.generations(NAME).size());
        assertEquals(ONE, profiles.generations(new ProfileName("system-1")).get(1));
    }
}
