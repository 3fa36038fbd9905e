package narlink.wire;

/// What a segment says.
public sealed interface Message permits Announcement, Symbols, Report, Command, StoreQuestion, StoreAnswer {}
