package narlink.ground.http;

/// A request that can't be answered as it was asked.
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;

    RefusedException(int status, String why) {
        super(why);
        this.status = status;
    }

    Answer answer() {
        return Answer.error(status, String.valueOf(getMessage()));
    }
}
