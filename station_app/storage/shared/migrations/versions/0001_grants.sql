-- Who may do what. The roles exist already (roles.sql). Frozen: a change is a new migration.

REVOKE ALL ON ALL TABLES IN SCHEMA mes FROM PUBLIC;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA mes FROM PUBLIC;

GRANT EXECUTE ON FUNCTION mes.schema_version() TO mes_station, mes_publisher, mes_reader, mes_auditor;

GRANT EXECUTE ON FUNCTION
    mes.station_path(), mes.hello(text, integer), mes.fork_info(text, bytea[]),
    mes.append_batch(text, integer, bigint, text[], text[], integer[], text[], bigint[], integer[], bigint[], text[],
        bigint[], bytea[], bytea[]),
    mes.read_log(text, integer, bigint, integer), mes.log_heads(), mes.status(bytea),
    mes.blob_missing(text, bigint), mes.blob_put(text, integer, bytea), mes.blob_seal(text, bigint, text),
    mes.blob_get(text), mes.master_since(bigint, integer),
    mes.trace(text), mes.unit_status(text), mes.component_use(text)
TO mes_station;

GRANT EXECUTE ON FUNCTION
    mes.publish(text, text, bytea, text), mes.master_since(bigint, integer),
    mes.blob_missing(text, bigint), mes.blob_put(text, integer, bytea), mes.blob_seal(text, bigint, text),
    mes.blob_get(text)
TO mes_publisher;

GRANT EXECUTE ON FUNCTION
    mes.line_status(), mes.trace_any(text), mes.unit_status(text), mes.component_use(text), mes.blob_get(text),
    mes.master_since(bigint, integer)
TO mes_reader;

GRANT EXECUTE ON FUNCTION
    mes.audit_heads(), mes.audit_log(text, text, integer, bigint, integer), mes.audit_blobs(), mes.blob_get(text),
    mes.trace_any(text), mes.master_since(bigint, integer)
TO mes_auditor;

-- Reports read the reporting tables and the published documents, the auditor reads everything; neither writes.
GRANT SELECT ON ALL TABLES IN SCHEMA mes TO mes_reader, mes_auditor;
REVOKE SELECT ON mes.station_log, mes.station_head, mes.blob, mes.blob_chunk, mes.master_change, mes.alembic_version
FROM mes_reader;
