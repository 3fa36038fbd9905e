package narlink.ground.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import narlink.nix.StorePath;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// A target that Nix on Earth builds of a flake. Nothing of it is evaluated on board: what goes there is what was
/// built, and the flake's source beside it.
final class FlakeOptions {
    private static final String DEFAULT_STORE = "daemon";
    private static final String CHROOT = "local?root=";

    @Option(
            names = "--flake",
            paramLabel = "DIR#ATTR",
            description = "Build this with Nix on Earth and take it as the target; the flake's source goes along.")
    @Nullable
    String reference;

    @Option(names = "--with-inputs", description = "Let the sources of the flake's inputs go along too.")
    boolean withInputs;

    /// What came of it.
    ///
    /// @param targets what was built, then the sources
    /// @param origin the locked flake reference
    record Built(List<StorePath> targets, String origin) {
        static final Built NOTHING = new Built(List.of(), "");
    }

    /// What was typed and what was built.
    ///
    /// @param typed store paths
    Built with(List<StorePath> typed, @Nullable String store) throws IOException {
        var built = build(store);
        var all = new ArrayList<>(typed);
        all.addAll(built.targets());
        if (all.isEmpty()) throw new UsageException("name a store path, or --flake DIR#ATTR");
        return new Built(all, built.origin());
    }

    /// Builds it, if there is one.
    ///
    /// @param store URL of the store on Earth, as typed
    private Built build(@Nullable String store) throws IOException {
        if (reference == null) {
            if (withInputs) throw new UsageException("--with-inputs goes with --flake");
            return Built.NOTHING;
        }
        int hash = reference.indexOf('#');
        var flake = hash < 0 ? reference : reference.substring(0, hash);
        var targets = new LinkedHashSet<StorePath>();
        for (var built : nix(store, "build", reference, "--no-link", "--json").getAsJsonArray()) {
            var outputs = built.getAsJsonObject().getAsJsonObject("outputs");
            if (outputs.has("out")) targets.add(path(outputs.get("out")));
            outputs.entrySet().forEach(output -> targets.add(path(output.getValue())));
        }
        var metadata = nix(store, "flake", "metadata", flake, "--json").getAsJsonObject();
        targets.add(path(metadata.get("path")));
        if (withInputs) inputs(nix(store, "flake", "archive", flake, "--json").getAsJsonObject(), targets);
        return new Built(List.copyOf(targets), origin(metadata) + (hash < 0 ? "" : reference.substring(hash)));
    }

    private static void inputs(JsonObject archived, Set<StorePath> targets) {
        for (var input : archived.getAsJsonObject("inputs").entrySet()) {
            var one = input.getValue().getAsJsonObject();
            if (one.has("path")) targets.add(path(one.get("path")));
            if (one.has("inputs")) inputs(one, targets);
        }
    }

    private static StorePath path(JsonElement text) {
        return StorePath.parse(text.getAsString());
    }

    /// The URL with everything that locks it.
    private static String origin(JsonObject metadata) {
        var url = metadata.has("lockedUrl") ? metadata.get("lockedUrl") : metadata.get("url");
        var origin = new StringBuilder(url.getAsString());
        var locked = metadata.getAsJsonObject("locked");
        for (var key : List.of("rev", "narHash")) {
            if (!locked.has(key) || origin.indexOf(key + "=") >= 0) continue;
            origin.append(origin.indexOf("?") < 0 ? '?' : '&')
                    .append(key)
                    .append('=')
                    .append(locked.get(key).getAsString());
        }
        return origin.toString();
    }

    private static JsonElement nix(@Nullable String store, String... arguments) throws IOException {
        var url = store == null ? DEFAULT_STORE : store;
        var command = new ArrayList<>(List.of("nix", "--extra-experimental-features", "nix-command flakes"));
        if (url.startsWith(CHROOT)) {
            command.addAll(List.of("--store", url.substring(CHROOT.length())));
        } else if (!url.equals(DEFAULT_STORE)) {
            throw new UsageException("--flake needs a store of Nix, not " + url);
        }
        command.addAll(List.of(arguments));
        var errors = Files.createTempFile("narlink-nix", ".err");
        try {
            var process =
                    new ProcessBuilder(command).redirectError(errors.toFile()).start();
            process.getOutputStream().close();
            var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code == 0) return out.isBlank() ? new JsonArray() : JsonParser.parseString(out);
            throw new IOException(String.join(" ", arguments) + ": nix ended with " + code + "; "
                    + Files.readString(errors).strip());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while nix was at work", e);
        } catch (JsonParseException e) {
            throw new IOException("nix " + String.join(" ", arguments) + " told what is no JSON", e);
        } finally {
            Files.deleteIfExists(errors);
        }
    }
}
