package narlink.ground.cli;

/// One status line on standard error, only where a person watches.
final class Terminal {
    private static final int WIDTH = 100;

    private Terminal() {}

    static boolean watched() {
        var console = System.console();
        return console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
    }

    /// Replaces the status line.
    static void status(String text) {
        if (!watched()) return;
        var shown = text.length() > WIDTH ? text.substring(0, WIDTH - 1) + "…" : text;
        System.err.print("\r" + shown + " ".repeat(WIDTH - shown.length()) + "\r");
        System.err.flush();
    }

    /// Takes the status line away.
    static void clear() {
        status("");
    }
}
