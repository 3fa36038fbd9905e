-- Bytes are base64 text, times milliseconds since 1970: the same in every database.
CREATE TABLE satellite (
  name VARCHAR(63) PRIMARY KEY,
  flight_key VARCHAR(500) NOT NULL,
  system VARCHAR(100)
);

CREATE TABLE mirror (
  satellite VARCHAR(63) NOT NULL REFERENCES satellite (name),
  path VARCHAR(300) NOT NULL,
  nar_hash VARCHAR(64) NOT NULL,
  nar_size BIGINT NOT NULL,
  belief VARCHAR(20) NOT NULL,
  PRIMARY KEY (satellite, path)
);

CREATE TABLE deployment (
  satellite VARCHAR(63) NOT NULL REFERENCES satellite (name),
  number INTEGER NOT NULL,
  created BIGINT NOT NULL,
  announcement TEXT NOT NULL,
  manifest TEXT NOT NULL,
  pack VARCHAR(300) NOT NULL,
  targets TEXT NOT NULL,
  profile VARCHAR(63) NOT NULL,
  state VARCHAR(20) NOT NULL,
  reason TEXT NOT NULL,
  blocks_done INTEGER NOT NULL,
  paths_done INTEGER NOT NULL,
  exit_status INTEGER NOT NULL,
  output_tail TEXT NOT NULL,
  PRIMARY KEY (satellite, number)
);

CREATE TABLE deployment_path (
  satellite VARCHAR(63) NOT NULL,
  deployment INTEGER NOT NULL,
  position INTEGER NOT NULL,
  path VARCHAR(300) NOT NULL,
  nar_hash VARCHAR(64) NOT NULL,
  nar_size BIGINT NOT NULL,
  PRIMARY KEY (satellite, deployment, position)
);

-- next: the lowest ESI that nobody has reserved; settled: what it was when the last report came in.
CREATE TABLE esi (
  satellite VARCHAR(63) NOT NULL,
  deployment INTEGER NOT NULL,
  object VARCHAR(10) NOT NULL,
  block INTEGER NOT NULL,
  next INTEGER NOT NULL,
  settled INTEGER NOT NULL,
  PRIMARY KEY (satellite, deployment, object, block)
);

CREATE TABLE report (
  satellite VARCHAR(63) PRIMARY KEY REFERENCES satellite (name),
  sequence BIGINT NOT NULL,
  segment TEXT NOT NULL,
  heard BIGINT NOT NULL
);
