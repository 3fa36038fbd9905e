package narlink.store;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;

/// What Java doesn't offer of a file system, by Linux's own functions: to make everything in it durable, which Nix does
/// not do with what it imports, and to tell its free inodes.
final class FileSystem {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final int READ_ONLY = 0;
    /// `struct statvfs` of 64-bit Linux: room enough, and where `f_files` and `f_favail` stand.
    private static final long STATVFS_BYTES = 256;
    private static final long STATVFS_FILES = 40;
    private static final long STATVFS_FAVAIL = 56;

    private FileSystem() {}

    /// Makes entries of `directory` durable: names, links, renames.
    static void directory(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /// Makes everything durable in the file system that holds `directory`.
    static void everything(Path directory) throws IOException {
        try (var arena = Arena.ofConfined()) {
            int file = (int) Native.OPEN.invokeExact(arena.allocateFrom(directory.toString()), READ_ONLY);
            if (file < 0) {
                throw new IOException("can't open " + directory + " to sync its file system");
            }
            int failed = (int) Native.SYNCFS.invokeExact(file);
            int unclosed = (int) Native.CLOSE.invokeExact(file);
            if (failed != 0 || unclosed != 0) {
                throw new IOException("the file system of " + directory + " can't be synced: is the disk failing?");
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) { // MethodHandle says so; these functions throw nothing.
            throw new IllegalStateException(e);
        }
    }

    /// Inodes that are free in the file system of `directory`; empty where it has no fixed number of them.
    static OptionalLong freeNodes(Path directory) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var answer = arena.allocate(STATVFS_BYTES);
            int failed = (int) Native.STATVFS.invokeExact(arena.allocateFrom(directory.toString()), answer);
            if (failed != 0) throw new IOException("can't tell the free inodes of " + directory);
            long all = answer.get(JAVA_LONG, STATVFS_FILES);
            return all == 0 ? OptionalLong.empty() : OptionalLong.of(answer.get(JAVA_LONG, STATVFS_FAVAIL));
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) { // MethodHandle says so; the function throws nothing.
            throw new IllegalStateException(e);
        }
    }

    /// In a class of its own, so that only who syncs needs native access.
    @SuppressWarnings("restricted")
    private static final class Native {
        private static final MethodHandle OPEN = LINKER.downcallHandle(
                function("open"),
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
                Linker.Option.firstVariadicArg(2));
        private static final MethodHandle SYNCFS =
                LINKER.downcallHandle(function("syncfs"), FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        private static final MethodHandle CLOSE =
                LINKER.downcallHandle(function("close"), FunctionDescriptor.of(JAVA_INT, JAVA_INT));

        private static final MethodHandle STATVFS =
                LINKER.downcallHandle(function("statvfs"), FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));

        private static MemorySegment function(String name) {
            return LINKER.defaultLookup().findOrThrow(name);
        }
    }
}
