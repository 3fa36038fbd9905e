package narlink.delta;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Where the members of a zip file lie, be it a jar, a wheel or called otherwise: by its central directory.
final class Zip {
    private static final int LOCAL = 0x04034b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int LOCAL_SIZE = 30;
    private static final int CENTRAL_SIZE = 46;
    private static final int END_SIZE = 22;
    private static final int MAX_COMMENT = 65_535;
    private static final int DEFLATED = 8;
    private static final int ENCRYPTED = 1;

    private Zip() {}

    /// @param start of its data
    /// @param end of its data
    /// @param size unpacked, as the directory tells
    record Member(String name, int start, int end, long size, boolean isStored) {}

    /// Stored and deflated members, by the places of their data; none if this is no sound zip file. Members whose data
    /// overlap with that of one before are left out.
    static List<Member> members(byte[] file) {
        int end = end(file);
        if (end < 0) return List.of();
        int count = int16(file, end + 10);
        long at = int32(file, end + 16);
        var members = new ArrayList<Member>();
        for (int i = 0; i < count; i++) {
            if (at + CENTRAL_SIZE > end || int32(file, (int) at) != CENTRAL) return List.of();
            int entry = (int) at;
            int nameLength = int16(file, entry + 28);
            at += CENTRAL_SIZE + nameLength + int16(file, entry + 30) + int16(file, entry + 32);
            if (at > end) return List.of();
            var name = new String(file, entry + CENTRAL_SIZE, nameLength, StandardCharsets.ISO_8859_1);
            member(file, entry, name, end, members);
        }
        members.sort(Comparator.comparingInt(Member::start));
        var apart = new ArrayList<Member>();
        int free = 0;
        for (var member : members) {
            if (member.start() < free) continue;
            apart.add(member);
            free = member.end();
        }
        return apart;
    }

    private static void member(byte[] file, int entry, String name, int end, List<Member> members) {
        int method = int16(file, entry + 10);
        boolean isEncrypted = (int16(file, entry + 8) & ENCRYPTED) != 0;
        long packed = int32(file, entry + 20);
        long size = int32(file, entry + 24);
        long local = int32(file, entry + 42);
        if (isEncrypted || packed == 0 || (method != 0 && method != DEFLATED)) return;
        if (local + LOCAL_SIZE > end || int32(file, (int) local) != LOCAL) return;
        long start = local + LOCAL_SIZE + int16(file, (int) local + 26) + int16(file, (int) local + 28);
        if (start + packed > end) return;
        members.add(new Member(name, (int) start, (int) (start + packed), size, method == 0));
    }

    /// Where the end record begins; −1 if there is none.
    private static int end(byte[] file) {
        if (file.length < LOCAL_SIZE + CENTRAL_SIZE + END_SIZE || int32(file, 0) != LOCAL) return -1;
        int last = file.length - END_SIZE;
        for (int at = last; at >= Math.max(0, last - MAX_COMMENT); at--) {
            if (int32(file, at) == END && int16(file, at + 20) == last - at) return at;
        }
        return -1;
    }

    private static int int16(byte[] file, int at) {
        return (file[at] & 0xff) | (file[at + 1] & 0xff) << 8;
    }

    private static long int32(byte[] file, int at) {
        return int16(file, at) | (long) int16(file, at + 2) << 16;
    }
}
