// The next blocks of the journal's chain.
// parameters: after, limit
// columns: number, at, previous, seals, hash
// starts from: block_number
// mode: read
// db hits: 14 a block of the page
MATCH (block:Block)
USING INDEX SEEK block:Block(number)
WHERE block.number > $after
WITH block ORDER BY block.number LIMIT $limit
RETURN block.number AS number, block.at AS at, block.previous AS previous, block.seals AS seals, block.hash AS hash
ORDER BY number
