-- Milliseconds that either end of a link takes to turn round, where it carries one direction at a time.
ALTER TABLE link ADD COLUMN turnaround BIGINT;
