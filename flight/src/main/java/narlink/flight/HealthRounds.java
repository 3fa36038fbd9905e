package narlink.flight;

import narlink.pack.Health;

/// Counts rounds of health checks: so many in a row must succeed within a time. Knows no clock.
///
/// @param row successes since the last failure
record HealthRounds(Health health, int row) {
    /// What is to be done after a round.
    enum Verdict {
        HEALTHY,
        SICK,
        /// After the interval.
        AGAIN
    }

    static HealthRounds begin(Health health) {
        return new HealthRounds(health, 0);
    }

    HealthRounds after(boolean success) {
        return new HealthRounds(health, success ? row + 1 : 0);
    }

    /// @param elapsedMillis since the first round began
    Verdict verdict(long elapsedMillis) {
        long within = 1000L * health.withinSeconds();
        if (elapsedMillis > within) return Verdict.SICK;
        if (row >= health.times()) return Verdict.HEALTHY;
        // Where even successes could not be enough any more, nothing more is waited for.
        long needed = 1000L * health.intervalSeconds() * (health.times() - row);
        return elapsedMillis + needed > within ? Verdict.SICK : Verdict.AGAIN;
    }
}
