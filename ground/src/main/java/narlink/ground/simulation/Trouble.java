package narlink.ground.simulation;

/// Kinds of trouble that can be left out of a run, to see which of them it takes for something to break.
enum Trouble {
    WEATHER,
    POWER,
    KILLS,
    FULL_DISK,
    ERRORS,
    ROT,
    CLOCKS,
    MEDDLING,
    ADVERSARY
}
