package narlink.testkit.fuzz;

import java.io.IOException;
import java.util.Objects;
import org.jacoco.core.instr.Instrumenter;
import org.jacoco.core.runtime.LoggerRuntime;

/// narlink's classes once more, with [Probes] in those that ship. What tests and libraries bring stays as it is.
final class ProbedClasses extends ClassLoader {
    private static final String OURS = "narlink.";
    private static final String FUZZER = "narlink.testkit.fuzz.";

    private final Instrumenter instrumenter;

    ProbedClasses(Probes probes) {
        super("narlink fuzz", ProbedClasses.class.getClassLoader());
        var runtime = new LoggerRuntime();
        instrumenter = new Instrumenter(runtime);
        try {
            runtime.startup(probes);
        } catch (Exception e) {
            throw new IllegalStateException("jacoco does not start", e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS) || name.startsWith(FUZZER)) return super.loadClass(name, resolve);
        synchronized (getClassLoadingLock(name)) {
            var loaded = findLoadedClass(name);
            return loaded == null ? define(name) : loaded;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        var place = Objects.requireNonNull(getParent()).getResource(name.replace('.', '/') + ".class");
        if (place == null) throw new ClassNotFoundException(name);
        try (var in = place.openStream()) {
            byte[] plain = in.readAllBytes();
            boolean isTest = place.getPath().contains("/test-classes/")
                    || place.getPath().contains("-tests.jar!");
            byte[] bytes = isTest ? plain : instrumenter.instrument(plain, name);
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
