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

-- States have longer names now. Not every database can widen a column.
CREATE TABLE deployment_wide (
  satellite VARCHAR(63) NOT NULL REFERENCES satellite (name),
  number INTEGER NOT NULL,
  created BIGINT NOT NULL,
  announcement TEXT NOT NULL,
  manifest TEXT NOT NULL,
  pack VARCHAR(300) NOT NULL,
  targets TEXT NOT NULL,
  profile VARCHAR(63) NOT NULL,
  state VARCHAR(40) NOT NULL,
  reason TEXT NOT NULL,
  blocks_done INTEGER NOT NULL,
  paths_done INTEGER NOT NULL,
  exit_status INTEGER NOT NULL,
  output_tail TEXT NOT NULL,
  PRIMARY KEY (satellite, number)
);

INSERT INTO deployment_wide (satellite, number, created, announcement, manifest, pack, targets, profile, state, reason,
  blocks_done, paths_done, exit_status, output_tail)
SELECT satellite, number, created, announcement, manifest, pack, targets, profile, state, reason, blocks_done,
  paths_done, exit_status, output_tail
FROM deployment;

DROP TABLE deployment;

ALTER TABLE deployment_wide RENAME TO deployment;
