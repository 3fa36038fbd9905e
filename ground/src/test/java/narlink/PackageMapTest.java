package narlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The package map: which package may import which. An arrow that is not here is a design decision, to be made here.
final class PackageMapTest {
    private static final Set<String> PROTOCOL = Set.of(
            "narlink.nix",
            "narlink.inventory",
            "narlink.fec",
            "narlink.simulation",
            "narlink.delta",
            "narlink.delta.mixing",
            "narlink.delta.lzma",
            "narlink.pack",
            "narlink.wire",
            "narlink.v1");
    private static final Set<String> FLIGHT = Set.of("narlink.store", "narlink.flight", "narlink.pipe");

    private static final Map<String, Set<String>> MAY_IMPORT = Map.ofEntries(
            Map.entry("narlink", Set.of()),
            Map.entry("narlink.nix", Set.of()),
            Map.entry("narlink.inventory", Set.of("narlink.nix", "narlink.delta.mixing")),
            Map.entry("narlink.fec", Set.of()),
            Map.entry("narlink.simulation", Set.of()),
            Map.entry("narlink.v1", Set.of()),
            Map.entry("narlink.delta", Set.of("narlink.nix", "narlink.delta.mixing", "narlink.delta.lzma")),
            Map.entry("narlink.delta.mixing", Set.of()),
            Map.entry("narlink.delta.lzma", Set.of()),
            Map.entry("narlink.pack", Set.of("narlink.nix", "narlink.delta", "narlink.fec", "narlink.v1")),
            Map.entry("narlink.wire", Set.of("narlink.nix", "narlink.inventory", "narlink.fec", "narlink.v1")),
            Map.entry("narlink.store", Set.of("narlink.nix")),
            Map.entry("narlink.pipe", union(PROTOCOL, Set.of("narlink.store"))),
            Map.entry("narlink.flight", union(PROTOCOL, Set.of("narlink.store", "narlink.pipe"))),
            Map.entry("narlink.ground", union(PROTOCOL, FLIGHT)),
            Map.entry("narlink.ground.ledger", union(PROTOCOL, FLIGHT, Set.of("narlink.ground"))),
            Map.entry("narlink.ground.link", union(PROTOCOL, FLIGHT, Set.of("narlink.ground"))),
            Map.entry("narlink.ground.simulation", union(PROTOCOL, FLIGHT, Set.of("narlink.ground"))),
            Map.entry("narlink.ground.json", union(PROTOCOL, FLIGHT, Set.of("narlink.ground"))),
            Map.entry("narlink.ground.http", union(PROTOCOL, FLIGHT, Set.of("narlink.ground", "narlink.ground.json"))),
            Map.entry(
                    "narlink.ground.cli",
                    union(
                            PROTOCOL,
                            FLIGHT,
                            Set.of(
                                    "narlink.ground",
                                    "narlink.ground.ledger",
                                    "narlink.ground.link",
                                    "narlink.ground.json",
                                    "narlink.ground.simulation",
                                    "narlink.ground.http"))));

    /// Libraries that have one home.
    private static final Map<String, Set<String>> HOMES = Map.ofEntries(
            Map.entry("io.netty", Set.of("narlink.ground.link", "narlink.ground.http")),
            Map.entry("io.micrometer", Set.of("narlink.ground.http")),
            Map.entry("java.sql", Set.of("narlink.ground.ledger")),
            Map.entry("org.jdbi", Set.of("narlink.ground.ledger")),
            Map.entry("org.flywaydb", Set.of("narlink.ground.ledger")),
            Map.entry("org.sqlite", Set.of("narlink.ground.ledger")),
            Map.entry("org.apache.commons", Set.of("narlink.ground.cli")),
            Map.entry("picocli", Set.of("narlink.ground.cli", "narlink.flight")),
            Map.entry(
                    "com.google.gson",
                    Set.of("narlink.ground.cli", "narlink.ground.http", "narlink.ground.json", "narlink.flight")),
            Map.entry("org.bouncycastle", Set.of("narlink.nix")),
            Map.entry("com.google.protobuf", Set.of("narlink.wire", "narlink.pack", "narlink.v1")));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("/test-classes/") && !location.contains("-tests.jar"))
            .importPackages("narlink");

    @Test
    void everyArrowIsOnTheMap() {
        assertEquals(Set.of(), arrows("narlink").filter(arrow -> !arrow.onMap()).collect(toLines()));
    }

    @Test
    void librariesStayInTheirHomes() {
        for (var home : HOMES.entrySet()) {
            var strangers = arrows(home.getKey())
                    .filter(arrow -> !home.getValue().contains(arrow.from()))
                    .collect(toLines());
            assertEquals(Set.of(), strangers, home.getKey());
        }
    }

    @Test
    void generatedClassesStayOutOfSignatures() {
        var leaks = CLASSES.stream()
                .filter(type -> !type.getPackageName().equals("narlink.v1"))
                .flatMap(type -> type.getMethods().stream())
                .filter(method -> method.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.PUBLIC))
                .filter(method -> Stream.concat(
                                Stream.of(method.getRawReturnType()), method.getRawParameterTypes().stream())
                        .anyMatch(type -> type.getPackageName().equals("narlink.v1")))
                .map(method -> method.getFullName())
                .toList();
        assertEquals(List.of(), leaks);
    }

    @Test
    void theMapNamesThePackagesThatThereAre() {
        var there = CLASSES.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());
        assertEquals(new TreeSet<>(MAY_IMPORT.keySet()), new TreeSet<>(there));
        assertTrue(CLASSES.size() > 100);
    }

    private record Arrow(String from, String to, String what) {
        boolean onMap() {
            return from.equals(to)
                    || to.equals("narlink")
                    || MAY_IMPORT.getOrDefault(from, Set.of()).contains(to);
        }
    }

    private static Stream<Arrow> arrows(String target) {
        return CLASSES.stream()
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .filter(dependency -> {
                    var to = dependency.getTargetClass().getPackageName();
                    return to.equals(target) || to.startsWith(target + ".");
                })
                .map(dependency -> new Arrow(
                        dependency.getOriginClass().getPackageName(),
                        dependency.getTargetClass().getPackageName(),
                        dependency.getDescription()));
    }

    private static java.util.stream.Collector<Arrow, ?, Set<String>> toLines() {
        return Collectors.mapping(Arrow::what, Collectors.toCollection(TreeSet::new));
    }

    @SafeVarargs
    private static Set<String> union(Set<String>... sets) {
        return Stream.of(sets).flatMap(Set::stream).collect(Collectors.toSet());
    }
}
