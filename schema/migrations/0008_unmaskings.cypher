// Who saw the plain values of identifiers, and why.
CREATE CONSTRAINT unmasking_id IF NOT EXISTS FOR (n:Unmasking) REQUIRE n.id IS UNIQUE;
CREATE INDEX unmasking_at IF NOT EXISTS FOR (n:Unmasking) ON (n.at, n.id);
