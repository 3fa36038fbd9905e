-- Where a deployment stands in its satellite's queue. One without a row has priority 0 and comes by its number.
CREATE TABLE place (
    satellite TEXT NOT NULL REFERENCES satellite (name),
    deployment INTEGER NOT NULL,
    -- Higher ones go first.
    priority INTEGER NOT NULL,
    -- Among those of one priority; null behind those that have one.
    position INTEGER,
    -- Epoch milliseconds; null where none was given.
    deadline BIGINT,
    PRIMARY KEY (satellite, deployment)
);

-- Satellites to which no deployment goes up for now.
CREATE TABLE frozen (
    satellite TEXT PRIMARY KEY REFERENCES satellite (name)
);
