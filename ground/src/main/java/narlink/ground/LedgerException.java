package narlink.ground;

/// The ledger's database can't be reached, or does not do what it is told. It may be back soon: nothing was changed.
public final class LedgerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public LedgerException(Throwable cause) {
        super("the database does not answer: " + cause.getMessage(), cause);
    }
}
