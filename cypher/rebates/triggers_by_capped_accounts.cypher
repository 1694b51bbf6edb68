// The events that pay into accounts under rules that cap what a member gets.
// parameters: rows, limit
// columns: trigger
// starts from: identifier_id
// mode: read
// db hits: 300 a row
UNWIND $rows AS row
MATCH (identifier:Identifier {id: row.account})<-[:PAYS]-(decision)
USING INDEX SEEK identifier:Identifier(id)
WHERE decision.limited IS NOT NULL
WITH DISTINCT decision.trigger AS trigger LIMIT $limit
RETURN collect({trigger: trigger}) AS rows
