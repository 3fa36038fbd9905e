-- Whether the satellite found its store in another state than that which the deployment was planned on.
ALTER TABLE deployment ADD COLUMN store_moved INTEGER NOT NULL DEFAULT 0;
