-- Where the contents of a deployment come from, and whether it can't go on as it is: for planning it anew.
ALTER TABLE deployment ADD COLUMN store TEXT NOT NULL DEFAULT 'daemon';
ALTER TABLE deployment ADD COLUMN stuck INTEGER NOT NULL DEFAULT 0;
