package narlink.ground.simulation;

/// I4: with a link that lets enough through, every deployment and every command comes to an end.
final class EverythingEnds implements Invariant {
    private final Sight sight;

    EverythingEnds(Sight sight) {
        this.sight = sight;
    }

    @Override
    public String name() {
        return "I4";
    }

    @Override
    public void over() {
        for (var deployment : sight.ledger().deployments(sight.satellite())) {
            if (deployment.ended()) continue;
            var progress = deployment.progress();
            sight.violated(
                    this,
                    "deployment " + deployment.number() + " is " + progress.state() + " for ever: "
                            + progress.reason());
        }
        for (var command : sight.ledger().commands(sight.satellite())) {
            if (command.state().ended()) continue;
            sight.violated(
                    this, "command " + command.number() + " is " + command.state() + " for ever: " + command.what());
        }
    }
}
