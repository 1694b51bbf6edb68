// The pseudonyms of members who left.
// parameters: -
// columns: pseudonym
// starts from: event_type_at
// mode: read
// db hits: 5 a leaving
MATCH (event:Event)
USING INDEX SEEK event:Event(type, at)
WHERE event.type = 'member.left' AND event.at IS NOT NULL AND event.pseudonym IS NOT NULL
RETURN event.pseudonym AS pseudonym
