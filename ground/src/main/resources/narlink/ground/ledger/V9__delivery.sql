-- Probability of delivery that a link without reports is to reach, and the name of the profile of its losses.
ALTER TABLE link ADD COLUMN deliver DOUBLE PRECISION;
ALTER TABLE link ADD COLUMN profile VARCHAR(63);
