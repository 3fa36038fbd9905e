package narlink;

import java.util.List;

/// What a state machine answers to one input: its next state, and the effects that the loop around it carries out
/// in this order. The machine itself does no I/O and reads no clock.
///
/// @param <S> the state
/// @param <E> the effects
public record Step<S, E>(S state, List<E> effects) {
    public Step {
        effects = List.copyOf(effects);
    }

    @SafeVarargs
    public static <S, E> Step<S, E> to(S state, E... effects) {
        return new Step<>(state, List.of(effects));
    }
}
