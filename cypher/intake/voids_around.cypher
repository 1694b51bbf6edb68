// The voids among these events and the voids of these events.
// parameters: rows
// columns: event, at, voids
// starts from: event_id, void_voids
// mode: read
// db hits: 12 a row
UNWIND $rows AS id
CALL (id) {
  MATCH (void:Event {id: id})
  USING INDEX SEEK void:Event(id)
  WHERE void.voids IS NOT NULL
  RETURN void
  UNION
  MATCH (void:Void {voids: id})
  USING INDEX SEEK void:Void(voids)
  RETURN void
}
RETURN DISTINCT void.id AS event, void.at AS at, void.voids AS voids
