package narlink.ground;

import java.io.Closeable;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import narlink.Bytes;
import narlink.nix.PublicKey;
import narlink.nix.StorePath;
import narlink.wire.FecObject;
import narlink.wire.Report;
import narlink.wire.SatelliteName;
import narlink.wire.StoreAnswer;
import narlink.wire.StoreQuestion;

/// Earth's memory: fleet, mirrors, deployments, which ESIs have been used, and what was reported. Every method is one
/// transaction; what it wrote is durable on return.
public interface Ledger extends Closeable {
    void add(Satellite satellite);

    /// Forgets a satellite and everything of it.
    void remove(SatelliteName satellite);

    Optional<Satellite> satellite(SatelliteName name);

    List<Satellite> satellites();

    /// All satellites in short, by name, in a few queries however many there are.
    List<FleetMember> fleet();

    void system(SatelliteName satellite, String system);

    Mirror mirror(SatelliteName satellite);

    /// Adds to the mirror. A path that was acknowledged is not made predicted again.
    void believe(SatelliteName satellite, Collection<Mirror.Item> items);

    /// Takes from the mirror what is not on board.
    void forget(SatelliteName satellite, Collection<StorePath> paths);

    /// Makes these the paths of the mirror, as they were found at a state of the store, and drops all pieces. No
    /// question that was asked before is known any more.
    ///
    /// @param digest the beginning of the store digest
    void settle(SatelliteName satellite, Collection<Mirror.Item> items, Bytes digest);

    /// Notes a question, so that its answers are understood.
    ///
    /// @param paths how many the store had in the state that is asked about
    void asked(SatelliteName satellite, StoreQuestion question, int paths);

    /// The highest number of a question so far; 0 if none was asked.
    long lastQuestion(SatelliteName satellite);

    /// Keeps a piece of an answer; one that says that the store is in another state drops those of the state asked
    /// about.
    ///
    /// @return whether the question is known
    boolean told(SatelliteName satellite, StoreAnswer answer);

    /// What was answered and is not settled.
    List<Piece> pieces(SatelliteName satellite);

    /// Drops the pieces of an object, and the questions for them.
    void discard(SatelliteName satellite, Bytes digest, StoreQuestion.Subject subject);

    /// Whether the roots on board are to be asked for.
    boolean rootsWanted(SatelliteName satellite);

    void wantRoots(SatelliteName satellite);

    /// Replaces the roots on board by what was told; they are not wanted any more. No
    /// question that was asked before is known any more.
    void rooted(SatelliteName satellite, SortedMap<String, StorePath> roots);

    SortedMap<String, StorePath> roots(SatelliteName satellite);

    /// URLs of stores on Earth, beside those that deployments came from, in which contents on board may be found.
    List<String> stores(SatelliteName satellite);

    void addStore(SatelliteName satellite, String url);

    /// The number of the next deployment.
    int nextNumber(SatelliteName satellite);

    /// The lowest number that has not ended; the next one where all have.
    int lowestOpen(SatelliteName satellite);

    void add(Deployment deployment);

    /// All of a satellite's deployments, by number.
    List<Deployment> deployments(SatelliteName satellite);

    void progress(SatelliteName satellite, int number, Deployment.Progress progress);

    /// The number of the next command.
    int nextCommand(SatelliteName satellite);

    /// Adds a command, unless its number is taken.
    ///
    /// @return whether it was added
    boolean add(QueuedCommand command);

    /// All of a satellite's commands, by number.
    List<QueuedCommand> commands(SatelliteName satellite);

    /// Notes what became of a command.
    void answer(SatelliteName satellite, int number, QueuedCommand.State state, Bytes answer, int logSize);

    /// Adds to the satellite's history.
    void happened(SatelliteName satellite, Instant when, String what);

    /// What happened, in order.
    List<Event> history(SatelliteName satellite);

    record Event(Instant when, String what) {}

    /// Reserves the next `count` ESIs of a block, for ever: no other caller gets any of them.
    ///
    /// @return the first
    int lease(SatelliteName satellite, int deployment, FecObject object, int block, int count);

    /// Gives back the end of a lease, from `first` on, if nothing was leased behind it since.
    void giveBack(SatelliteName satellite, int deployment, FecObject object, int block, int first, int leasedEnd);

    /// ESIs used so far, by block.
    int[] used(SatelliteName satellite, int deployment, FecObject object, int blocks);

    /// ESIs that had been used when the last report came in, by block.
    int[] settled(SatelliteName satellite, int deployment, FecObject object, int blocks);

    /// Remembers a report, unless one with this sequence or a higher one is known.
    ///
    /// @return whether it was news
    boolean report(SatelliteName satellite, Report report, byte[] segment, Instant heard);

    /// Public keys of the servers that fly passes from this ledger.
    List<PublicKey> stationKeys();

    /// Adds one, unless it is known.
    void addStation(PublicKey key);

    /// In which order deployments go up.
    Places places();

    /// By which pipes satellites are reached, and when.
    Timetable timetable();

    Optional<HeardReport> lastReport(SatelliteName satellite);

    record HeardReport(byte[] segment, Instant heard) {}

    @Override
    void close();
}
