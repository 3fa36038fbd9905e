-- Commands to a satellite, each under a number that never has other contents; answer: what it said, base64.
CREATE TABLE command (
  satellite VARCHAR(63) NOT NULL REFERENCES satellite (name),
  number INTEGER NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  what TEXT NOT NULL,
  segment TEXT NOT NULL,
  state VARCHAR(20) NOT NULL,
  answer TEXT NOT NULL,
  log_size INTEGER NOT NULL,
  PRIMARY KEY (satellite, number)
);

-- What happened with a satellite, in order.
CREATE TABLE history (
  satellite VARCHAR(63) NOT NULL REFERENCES satellite (name),
  position INTEGER NOT NULL,
  happened BIGINT NOT NULL,
  what TEXT NOT NULL,
  PRIMARY KEY (satellite, position)
);
