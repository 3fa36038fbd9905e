package narlink.pack;

import com.google.protobuf.InvalidProtocolBufferException;
import narlink.pack.Activation.Program;
import narlink.v1.Activation.Kind;

/// Activations as protocol buffers, and back (§12.1).
public final class ActivationFormat {
    private ActivationFormat() {}

    /// As it stands in the manifest.
    public static byte[] write(Activation activation) {
        return message(activation).toByteArray();
    }

    public static Activation read(byte[] bytes) throws MalformedManifestException {
        try {
            return activation(narlink.v1.Activation.parseFrom(bytes));
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw new MalformedManifestException("activation: " + e.getMessage(), e);
        }
    }

    static narlink.v1.Activation message(Activation activation) {
        var out = narlink.v1.Activation.newBuilder()
                .setTimeLimitSeconds(activation.timeLimitSeconds())
                .setAfterReboot(activation.afterReboot())
                .setConfirmWithinSeconds(activation.confirmWithinSeconds())
                .setOrigin(activation.origin());
        switch (activation.program()) {
            case Program.None none -> out.setKind(Kind.KIND_NONE);
            case Program.Command command -> out.setKind(Kind.KIND_COMMAND).setCommand(command.command());
            case Program.DeployRs deployRs -> out.setKind(Kind.KIND_DEPLOY_RS);
            case Program.SystemManager systemManager -> out.setKind(Kind.KIND_SYSTEM_MANAGER);
            case Program.HomeManager home -> out.setKind(Kind.KIND_HOME_MANAGER).setUser(home.user());
            case Program.Nixos nixos -> out.setKind(Kind.KIND_NIXOS);
        }
        if (!activation.health().equals(Health.NONE)) out.setHealth(message(activation.health()));
        return out.build();
    }

    static Activation activation(narlink.v1.Activation in) {
        return new Activation(
                program(in),
                in.getTimeLimitSeconds(),
                in.hasHealth() ? health(in.getHealth()) : Health.NONE,
                in.getAfterReboot(),
                in.getConfirmWithinSeconds(),
                in.getOrigin());
    }

    private static Program program(narlink.v1.Activation in) {
        return switch (in.getKind()) {
            case KIND_NONE -> new Program.None();
            case KIND_COMMAND -> new Program.Command(in.getCommand());
            case KIND_DEPLOY_RS -> new Program.DeployRs();
            case KIND_SYSTEM_MANAGER -> new Program.SystemManager();
            case KIND_HOME_MANAGER -> new Program.HomeManager(in.getUser());
            case KIND_NIXOS -> new Program.Nixos();
            case UNRECOGNIZED ->
                throw new IllegalArgumentException(
                        "activation of kind " + in.getKindValue() + ", which this version does not know");
        };
    }

    private static narlink.v1.Health message(Health health) {
        return narlink.v1.Health.newBuilder()
                .addAllCommands(health.commands())
                .setTimes(health.times())
                .setWithinSeconds(health.withinSeconds())
                .setIntervalSeconds(health.intervalSeconds())
                .setTimeLimitSeconds(health.timeLimitSeconds())
                .build();
    }

    private static Health health(narlink.v1.Health in) {
        return new Health(
                in.getCommandsList(),
                in.getTimes(),
                in.getWithinSeconds(),
                in.getIntervalSeconds(),
                in.getTimeLimitSeconds());
    }
}
