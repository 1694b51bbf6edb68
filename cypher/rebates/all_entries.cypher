// The next entries of the whole journal, by id.
// parameters: after, limit
// columns: entry
// starts from: entry_id
// mode: read
// db hits: 45 an entry of the page
MATCH (entry:Entry)
USING INDEX SEEK entry:Entry(id)
WHERE entry.id > $after
WITH entry ORDER BY entry.id LIMIT $limit
RETURN collect({entry: properties(entry)}) AS rows
