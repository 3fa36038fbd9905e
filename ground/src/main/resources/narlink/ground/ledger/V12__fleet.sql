-- For questions about the whole fleet at once.
CREATE INDEX mirror_belief ON mirror (satellite, belief);
CREATE INDEX deployment_state ON deployment (state, satellite, number);
CREATE INDEX command_state ON command (state, satellite);
