-- Public keys of the servers that fly passes from this database, as Nix writes them: deployments name them all.
CREATE TABLE station_key (
    public_key VARCHAR(400) PRIMARY KEY
);
