package narlink.delta.lzma;

import java.util.List;

/// How hard matches are looked for; the presets of `xz`, whose dictionary is told apart.
///
/// @param isNormal whether decisions are weighed by their cost
/// @param hashBytes by which places are found: 3 or 4
/// @param nice length of a match that is taken without looking further
/// @param depth of places that are looked at, at most
public record Style(boolean isNormal, int hashBytes, int nice, int depth) {
    /// Presets 0 to 6, of which those above 6 are like 6; 3 and 5 extreme; the other ones extreme.
    public static final List<Style> ALL = List.of(
            new Style(false, 3, 128, 4),
            new Style(false, 4, 128, 8),
            new Style(false, 4, 273, 24),
            new Style(false, 4, 273, 48),
            normal(16),
            normal(32),
            normal(64),
            normal(192),
            new Style(true, 4, 273, 512));

    private static Style normal(int nice) {
        return new Style(true, 4, nice, 16 + nice / 2);
    }
}
