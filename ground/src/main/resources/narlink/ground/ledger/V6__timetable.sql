-- The pipe by which a station reaches a satellite; rate in bits per second, blind: share of repair symbols, negative
-- where there is a return link.
CREATE TABLE link (
  satellite VARCHAR(63) NOT NULL REFERENCES satellite (name),
  station VARCHAR(63) NOT NULL,
  pipe TEXT NOT NULL,
  rate BIGINT,
  segment_size INTEGER NOT NULL,
  blind DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (satellite, station)
);

-- When a station sees a satellite; every: milliseconds from one beginning to the next.
CREATE TABLE contact (
  satellite VARCHAR(63) NOT NULL REFERENCES satellite (name),
  station VARCHAR(63) NOT NULL,
  begins BIGINT NOT NULL,
  ends BIGINT NOT NULL,
  rate BIGINT,
  every BIGINT,
  PRIMARY KEY (satellite, station, begins, ends)
);
