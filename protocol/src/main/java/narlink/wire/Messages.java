package narlink.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import narlink.Bytes;
import narlink.Sha256;
import narlink.fec.Oti;
import narlink.v1.ActivateGeneration;
import narlink.v1.Body;
import narlink.v1.CancelDeployment;
import narlink.v1.CollectGarbage;
import narlink.v1.ConfirmDeployment;
import narlink.v1.FetchLog;
import narlink.v1.RetainGenerations;
import narlink.v1.RollBackProfile;
import narlink.v1.TransmissionInfo;
import narlink.v1.VerifyStore;

/// Messages as the body of a segment, and back. Every number from the wire meets its limit in the constructor of the
/// record that it ends up in.
final class Messages {
    /// A body of well-known kind, of unknown kind, or one that breaks the specification.
    sealed interface Parsed {
        record Known(Message message) implements Parsed {}

        record Unknown() implements Parsed {}

        record Malformed(String why) implements Parsed {}
    }

    /// Latest instant that a wire time may name: the year 9999.
    private static final long MAX_SECONDS = 253_402_300_799L;

    private Messages() {}

    static byte[] write(Message message) {
        var body = Body.newBuilder();
        switch (message) {
            case Announcement announcement -> body.setAnnouncement(write(announcement));
            case Symbols symbols -> body.setSymbols(write(symbols));
            case Report report -> body.setReport(Reports.write(report));
            case Command command -> body.setCommand(write(command));
            case StoreQuestion question -> body.setQuestion(Questions.write(question));
            case StoreAnswer answer -> body.setAnswer(Questions.write(answer));
        }
        return body.build().toByteArray();
    }

    static Parsed parse(byte[] bytes) {
        try {
            var body = Body.parseFrom(bytes);
            return switch (body.getKindCase()) {
                case ANNOUNCEMENT -> new Parsed.Known(parse(body.getAnnouncement()));
                case SYMBOLS -> new Parsed.Known(parse(body.getSymbols()));
                case REPORT -> new Parsed.Known(Reports.parse(body.getReport()));
                case COMMAND -> parse(body.getCommand());
                case QUESTION -> Questions.parse(body.getQuestion());
                case ANSWER -> new Parsed.Known(Questions.parse(body.getAnswer()));
                case KIND_NOT_SET -> new Parsed.Unknown();
            };
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            return new Parsed.Malformed(String.valueOf(e.getMessage()));
        }
    }

    private static narlink.v1.Announcement write(Announcement announcement) {
        var out = narlink.v1.Announcement.newBuilder()
                .setDeployment(announcement.deployment())
                .setLowestOpen(announcement.lowestOpen())
                .setManifest(write(announcement.manifest()))
                .setManifestHash(bytes(announcement.manifestHash().bytes()))
                .setStoreDigest(bytes(announcement.storeDigest()))
                .setExpires(announcement.expires().getEpochSecond())
                .setMinimumVersion(announcement.minimumVersion());
        announcement.pack().ifPresent(pack -> out.setPack(write(pack)));
        announcement.stationKeys().forEach(key -> out.addStationKeys(bytes(key)));
        out.addAllSupersedes(announcement.supersedes());
        return out.build();
    }

    private static Announcement parse(narlink.v1.Announcement in) {
        return new Announcement(
                in.getDeployment(),
                in.getLowestOpen(),
                parse(in.getManifest()),
                in.hasPack() ? Optional.of(parse(in.getPack())) : Optional.empty(),
                hash(in.getManifestHash()),
                bytes(in.getStoreDigest()),
                in.getStationKeysList().stream()
                        .limit(Announcement.MAX_STATION_KEYS + 1L)
                        .map(Messages::bytes)
                        .toList(),
                instant(in.getExpires()),
                in.getMinimumVersion(),
                bounded(in.getSupersedesList(), Announcement.MAX_SUPERSEDES));
    }

    private static TransmissionInfo write(Oti oti) {
        return TransmissionInfo.newBuilder()
                .setTransferLength(oti.transferLength())
                .setSymbolSize(oti.symbolSize())
                .setBlocks(oti.blocks())
                .build();
    }

    private static Oti parse(TransmissionInfo in) {
        return new Oti(in.getTransferLength(), in.getSymbolSize(), in.getBlocks());
    }

    private static narlink.v1.Symbols write(Symbols symbols) {
        return narlink.v1.Symbols.newBuilder()
                .setDeployment(symbols.deployment())
                .setObject(
                        symbols.object() == FecObject.PACK
                                ? narlink.v1.Object.OBJECT_PACK
                                : narlink.v1.Object.OBJECT_MANIFEST)
                .setBlock(symbols.block())
                .setEsi(symbols.esi())
                .setData(bytes(symbols.data()))
                .setPoll(symbols.poll())
                .build();
    }

    private static Symbols parse(narlink.v1.Symbols in) {
        var object = switch (in.getObject()) {
            case OBJECT_PACK -> FecObject.PACK;
            case OBJECT_MANIFEST -> FecObject.MANIFEST;
            case UNRECOGNIZED -> throw new IllegalArgumentException("object " + in.getObjectValue());
        };
        return new Symbols(in.getDeployment(), object, in.getBlock(), in.getEsi(), bytes(in.getData()), in.getPoll());
    }

    private static narlink.v1.Command write(Command command) {
        var out = narlink.v1.Command.newBuilder()
                .setNumber(command.number())
                .setExpires(command.expires().getEpochSecond());
        switch (command.action()) {
            case Command.Action.Cancel cancel ->
                out.setCancel(CancelDeployment.newBuilder().setDeployment(cancel.deployment()));
            case Command.Action.Activate activate ->
                out.setActivate(ActivateGeneration.newBuilder()
                        .setProfile(activate.profile())
                        .setGeneration(activate.generation()));
            case Command.Action.RollBack back ->
                out.setRollBack(
                        RollBackProfile.newBuilder().setProfile(back.profile()).setGeneration(back.generation()));
            case Command.Action.Confirm confirm ->
                out.setConfirm(ConfirmDeployment.newBuilder().setDeployment(confirm.deployment()));
            case Command.Action.Retain retain ->
                out.setRetain(RetainGenerations.newBuilder()
                        .setProfile(retain.profile())
                        .setKeep(retain.keep()));
            case Command.Action.FetchLog log ->
                out.setFetchLog(
                        FetchLog.newBuilder().setDeployment(log.deployment()).setOffset(log.offset()));
            case Command.Action.Collect collect -> out.setCollect(write(collect));
            case Command.Action.Verify verify -> out.setVerify(VerifyStore.newBuilder());
        }
        return out.build();
    }

    private static Parsed parse(narlink.v1.Command in) {
        var action = action(in);
        return action.isEmpty()
                ? new Parsed.Unknown()
                : new Parsed.Known(new Command(in.getNumber(), instant(in.getExpires()), action.get()));
    }

    private static Optional<Command.Action> action(narlink.v1.Command in) {
        return switch (in.getActionCase()) {
            case CANCEL -> Optional.of(new Command.Action.Cancel(in.getCancel().getDeployment()));
            case ACTIVATE ->
                Optional.of(new Command.Action.Activate(
                        in.getActivate().getProfile(), in.getActivate().getGeneration()));
            case ROLL_BACK ->
                Optional.of(new Command.Action.RollBack(
                        in.getRollBack().getProfile(), in.getRollBack().getGeneration()));
            case CONFIRM ->
                Optional.of(new Command.Action.Confirm(in.getConfirm().getDeployment()));
            case RETAIN ->
                Optional.of(new Command.Action.Retain(
                        in.getRetain().getProfile(), in.getRetain().getKeep()));
            case FETCH_LOG ->
                Optional.of(new Command.Action.FetchLog(
                        in.getFetchLog().getDeployment(), in.getFetchLog().getOffset()));
            case COLLECT -> Optional.of(parse(in.getCollect()));
            case VERIFY -> Optional.of(new Command.Action.Verify());
            case ACTION_NOT_SET -> Optional.empty();
        };
    }

    private static CollectGarbage write(Command.Action.Collect collect) {
        return CollectGarbage.newBuilder()
                .setPrefix(collect.paths().getFirst().size())
                .setPaths(ByteString.copyFrom(
                        collect.paths().stream().map(Messages::bytes).toList()))
                .build();
    }

    private static Command.Action parse(CollectGarbage in) {
        int prefix = in.getPrefix();
        var bytes = bytes(in.getPaths());
        if (prefix < Command.Action.Collect.MIN_PREFIX || bytes.size() % prefix != 0) {
            throw new IllegalArgumentException(bytes.size() + " bytes of prefixes of " + prefix);
        }
        var paths = new ArrayList<Bytes>();
        for (int at = 0; at < Math.min(bytes.size(), 2 * Command.Action.Collect.MAX_BYTES); at += prefix) {
            paths.add(bytes.slice(at, at + prefix));
        }
        return new Command.Action.Collect(paths);
    }

    static ByteString bytes(Bytes bytes) {
        return ByteString.copyFrom(bytes.buffer());
    }

    static Bytes bytes(ByteString bytes) {
        return Bytes.of(bytes.toByteArray());
    }

    static Sha256 hash(ByteString bytes) {
        return new Sha256(bytes(bytes));
    }

    static Instant instant(long seconds) {
        if (seconds < 0 || seconds > MAX_SECONDS) throw new IllegalArgumentException("time " + seconds);
        return Instant.ofEpochSecond(seconds);
    }

    /// Refuses lists that are longer than a report may have them.
    static <T> List<T> bounded(List<T> list, int most) {
        if (list.size() > most) throw new IllegalArgumentException(list.size() + " items, at most " + most);
        return list;
    }
}
