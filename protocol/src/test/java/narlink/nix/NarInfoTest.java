package narlink.nix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import narlink.testkit.Vectors;
import org.junit.jupiter.api.Test;

final class NarInfoTest {
    private static final List<String> OURS = List.of(
            "11c320yp8fn9qfw847nk1136k93sfakx",
            "7ma4wc1jsr4ch8xq2idc5wpfpzi1ws15",
            "h3q4r3qng1lyq9qgijb57b0afwbj9ccq",
            "ldjw53gsvrn1lycrhac358qyn6h8ynj3");
    private static final SecretKey TEST_KEY = SecretKey.parse(Vectors.nix().text("keys/test.sec"));

    private static NarInfo vector(String digest) {
        return NarInfo.parse(Vectors.nix().text("narinfo/" + digest + ".narinfo"));
    }

    @Test
    void writesWhatItReads() {
        for (var digest : OURS) {
            assertEquals(
                    Vectors.nix().text("narinfo/" + digest + ".narinfo"),
                    vector(digest).text());
        }
        for (var version : List.of("2.8.0", "2.26.3")) {
            for (var digest : List.of(OURS.get(0), OURS.get(2))) {
                var text = Vectors.nix().text("binary-cache-nix-" + version + "/" + digest + ".narinfo");
                assertEquals(text, NarInfo.parse(text).text());
                assertEquals(
                        vector(digest).info().withSignatures(List.of()),
                        NarInfo.parse(text).info().withSignatures(List.of()));
            }
        }
    }

    @Test
    void fingerprintsAndSignsAsNixDoes() {
        for (var digest : OURS) {
            var info = vector(digest).info();
            assertEquals(Vectors.nix().text("narinfo/" + digest + ".fingerprint"), info.fingerprint());
            assertEquals(
                    info.signatures(),
                    info.withSignatures(List.of()).signedBy(TEST_KEY).signatures());
            assertEquals(info, info.signedBy(TEST_KEY));
        }
    }

    @Test
    void believesOnlyTheKeysThatAreTrusted() {
        var info = vector(OURS.getFirst()).info();
        var other = SecretKey.parse(Vectors.nix().text("keys/other.sec"));
        assertTrue(info.isSignedBy(List.of(other.publicKey(), TEST_KEY.publicKey())));
        assertFalse(info.isSignedBy(List.of(other.publicKey())));
        assertFalse(info.isSignedBy(List.of()));
        var renamed = new PublicKey(TEST_KEY.name(), other.publicKey().key());
        assertFalse(info.isSignedBy(List.of(renamed)));
        var malformed = info.withSignatures(List.of("narlink-test-1:", "narlink-test-1:!", "narlink-test-1:AAAA", "x"));
        assertFalse(malformed.isSignedBy(List.of(TEST_KEY.publicKey())));
    }

    @Test
    void describesAnUncompressedNarAsItLies() {
        var leaf = vector(OURS.getFirst());
        assertEquals(leaf, NarInfo.uncompressed(leaf.info()));
    }

    @Test
    void skipsUnknownKeysAndTheUnknownDeriver() {
        var text = Vectors.nix().text("narinfo/" + OURS.getFirst() + ".narinfo");
        var changed = text.replaceFirst("Deriver: .*\n", "Deriver: unknown-deriver\nNewThing: yes\n");
        assertEquals(Optional.empty(), NarInfo.parse(changed).info().deriver());
    }

    @Test
    void twoDotsInAFileNameLeadNowhere() {
        var text = Vectors.nix().text("narinfo/" + OURS.getFirst() + ".narinfo");
        var dotted = NarInfo.parse(text.replaceFirst("URL: .*", "URL: nar/a..nar"));
        assertEquals("nar/a..nar", dotted.url());
    }

    @Test
    void refusesWhatIsNoNarinfo() {
        var text = Vectors.nix().text("narinfo/" + OURS.getFirst() + ".narinfo");
        var bad = List.of(
                "",
                "\n",
                text.strip(),
                text + "no colon\n",
                text + "References: \n",
                text + "CA: \nCA: \n",
                text.replaceFirst("NarSize: 1824", "NarSize: 0"),
                text.replaceFirst("NarSize: 1824", "NarSize: -1"),
                text.replaceFirst("NarSize: 1824", "NarSize: 99999999999999999999"),
                text.replaceFirst("NarHash: sha256:.", "NarHash: sha256:"),
                text.replaceFirst("NarHash.*\n", ""),
                text.replaceFirst("StorePath: /nix/store", "StorePath: /gnu/store"),
                text.replaceFirst("URL: nar/", "URL: ../nar/"),
                text.replaceFirst("URL: nar/", "URL: /nar/"),
                text.replaceFirst("URL: nar/.*", "URL: "),
                text.replaceFirst("References: ", "References: ../x"));
        for (var each : bad) {
            assertThrows(IllegalArgumentException.class, () -> NarInfo.parse(each), each);
        }
    }
}
