package narlink.delta;

import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import narlink.delta.mixing.AddressMap;
import narlink.delta.mixing.BinaryCoder;
import narlink.delta.mixing.DifferenceModel;
import narlink.delta.mixing.Elves;
import narlink.delta.mixing.LiteralModel;
import narlink.delta.mixing.NumberModel;
import narlink.delta.mixing.NumberModel.Kind;
import org.jspecify.annotations.Nullable;

/// The models by which streams are coded that are mixed (§11.29), and what they go by in the path that is being made.
/// The same for both directions. A model's tables are made when its stream is first used.
final class Mixture {
    private static final int MARGIN = DifferenceModel.MARGIN;
    private static final int SCAN = 1 << 16;

    /// What codes a stream.
    interface Coders {
        /// Called once a stream.
        BinaryCoder coder(Stream stream) throws IOException;

        /// Size of the table for its contexts.
        int slots(Stream stream) throws IOException;
    }

    private final Coders coders;
    private final NumberModel.Recent recent = new NumberModel.Recent();
    private final Map<Stream, NumberModel> numbers = new EnumMap<>(Stream.class);
    private @Nullable DifferenceModel differences;
    private @Nullable LiteralModel literals;

    private Image base = Image.NONE;
    private Elves made = new Elves();
    private @Nullable AddressMap map;
    private DifferenceModel.@Nullable Foresight foresight;
    private @Nullable Steps unmapped; // Steps that the map does not have yet.
    private long place;
    private final byte[] nearby = new byte[Script.PIECE + 2 * MARGIN]; // Of the base.
    private final byte[] recently = new byte[MARGIN + Script.PIECE]; // Of the image; the margin was made before.

    Mixture(Coders coders) {
        this.coders = coders;
    }

    /// A path begins.
    void begin(Image base) {
        this.base = base;
        made = new Elves();
        map = null;
        foresight = null;
        unmapped = null;
        place = 0;
        Arrays.fill(recently, (byte) 0);
    }

    void follow(Steps steps) {
        unmapped = steps;
    }

    /// @param number what to encode; a decoder does not look at it
    long number(Kind kind, long number) throws IOException {
        var stream = Source.stream(kind);
        var model = numbers.get(stream);
        if (model == null) {
            model = new NumberModel(coders.coder(stream), recent);
            numbers.put(stream, model);
        }
        return model.code(kind, number);
    }

    /// Takes note of a number that was coded otherwise.
    void note(Kind kind, long number) {
        recent.add(kind, number);
    }

    /// Codes bytes that are nearly those of the base.
    ///
    /// @param bytes what to encode, or where to put what was decoded; at most a piece
    void add(long position, byte[] bytes, int length) throws IOException {
        if (differences == null) {
            differences = new DifferenceModel(coders.coder(Stream.DIFFERENCES), coders.slots(Stream.DIFFERENCES));
        }
        var ahead = foresight();
        long from = Math.max(0, position - MARGIN);
        long end = Math.min(base.size(), position + length + MARGIN);
        int lead = (int) (position - from);
        Arrays.fill(nearby, (byte) 0);
        base.read(from, nearby, MARGIN - lead, (int) (end - from));
        System.arraycopy(bytes, 0, recently, MARGIN, length);
        differences.code(nearby, MARGIN, recently, MARGIN, length, position, place, ahead);
        System.arraycopy(recently, MARGIN, bytes, 0, length);
        made(bytes, length);
    }

    private DifferenceModel.Foresight foresight() throws IOException {
        if (map == null) {
            map = new AddressMap(scan(base), made);
            foresight = new DifferenceModel.Foresight(map);
        }
        if (unmapped != null) {
            map.regions(unmapped.positions(), unmapped.places(), unmapped.lengths(), unmapped.count());
            unmapped = null;
        }
        if (foresight == null) throw new IllegalStateException("a map that nobody looks at");
        return foresight;
    }

    private static Elves scan(Image image) throws IOException {
        var elves = new Elves();
        byte[] buffer = new byte[SCAN];
        Script.copy(image, 0, image.size(), buffer, elves::feed);
        return elves;
    }

    /// Codes bytes that are in no base.
    ///
    /// @param bytes what to encode, or where to put what was decoded; at most a piece
    void insert(byte[] bytes, int length) throws IOException {
        if (literals == null) {
            literals = new LiteralModel(coders.coder(Stream.LITERALS), coders.slots(Stream.LITERALS));
        }
        System.arraycopy(bytes, 0, recently, MARGIN, length);
        literals.code(recently, MARGIN, length, place);
        System.arraycopy(recently, MARGIN, bytes, 0, length);
        made(bytes, length);
    }

    /// Takes note of bytes that the image has now.
    void made(byte[] bytes, int length) {
        made.feed(bytes, 0, length);
        place += length;
        int kept = Math.max(0, MARGIN - length);
        System.arraycopy(recently, MARGIN - kept, recently, 0, kept);
        System.arraycopy(bytes, length - (MARGIN - kept), recently, kept, MARGIN - kept);
    }
}
