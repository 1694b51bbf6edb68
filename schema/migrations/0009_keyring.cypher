// The keys of the graph, wrapped.
CREATE CONSTRAINT keyring_id IF NOT EXISTS FOR (n:Keyring) REQUIRE n.id IS UNIQUE;
