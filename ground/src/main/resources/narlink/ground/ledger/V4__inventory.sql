-- What is told of a store. refs: base names of a path's references, a space between; null where they are not known.
ALTER TABLE mirror ADD COLUMN refs TEXT;
ALTER TABLE deployment_path ADD COLUMN refs TEXT;

-- The beginning of the store digest at which the mirror was found to be right, and the exclusive or of the mirror's ids
-- then; whether the roots on board are to be asked for.
ALTER TABLE satellite ADD COLUMN verified VARCHAR(16) NOT NULL DEFAULT '';
ALTER TABLE satellite ADD COLUMN verified_ids BIGINT NOT NULL DEFAULT 0;
ALTER TABLE satellite ADD COLUMN roots_wanted INTEGER NOT NULL DEFAULT 0;

-- Questions that were asked; paths: how many the store had in the state that is asked about.
CREATE TABLE question (
  satellite VARCHAR(63) NOT NULL REFERENCES satellite (name),
  number BIGINT NOT NULL,
  digest VARCHAR(16) NOT NULL,
  paths INTEGER NOT NULL,
  subject TEXT NOT NULL,
  PRIMARY KEY (satellite, number)
);

-- What was answered, until it is whole.
CREATE TABLE piece (
  satellite VARCHAR(63) NOT NULL REFERENCES satellite (name),
  digest VARCHAR(16) NOT NULL,
  paths INTEGER NOT NULL,
  subject TEXT NOT NULL,
  piece INTEGER NOT NULL,
  size INTEGER NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (satellite, digest, subject, piece)
);

-- What keeps paths on board alive, as it was last told.
CREATE TABLE root (
  satellite VARCHAR(63) NOT NULL REFERENCES satellite (name),
  name TEXT NOT NULL,
  path VARCHAR(300) NOT NULL,
  PRIMARY KEY (satellite, name)
);

-- Stores on Earth, beside those of deployments, that may hold what is on board.
CREATE TABLE earth_store (
  satellite VARCHAR(63) NOT NULL REFERENCES satellite (name),
  url VARCHAR(500) NOT NULL,
  PRIMARY KEY (satellite, url)
);
