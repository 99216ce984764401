-- The roles of the cluster and what PUBLIC loses in this database. Runs again at every upgrade, since a restored or copied
-- database comes without the rights on itself. PUBLIC keeps nothing with which a login could write, wait or hold locks
-- outside the functions of schema mes.

DO $$
DECLARE
    v_role text;
BEGIN
    FOREACH v_role IN ARRAY ARRAY['mes_owner', 'mes_station', 'mes_publisher', 'mes_reader', 'mes_auditor',
        'mes_author'] LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = v_role) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', v_role);
        END IF;
    END LOOP;
END $$;

DO $$
DECLARE
    v_function regprocedure;
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO mes_station, mes_publisher, mes_reader, mes_auditor, mes_author',
        current_database());
    FOR v_function IN
        SELECT p.oid::regprocedure FROM pg_catalog.pg_proc AS p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace
          AND p.prokind = 'f'
          AND (p.proname LIKE 'lo\_%' OR p.proname IN ('loread', 'lowrite')
               OR p.proname LIKE 'pg\_sleep%' OR p.proname LIKE '%\_advisory\_%'
               OR p.proname = 'pg_logical_emit_message')
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', v_function);
    END LOOP;
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
GRANT USAGE ON LANGUAGE plpgsql TO mes_owner;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_advisory_xact_lock(bigint) TO mes_owner;
CREATE SCHEMA IF NOT EXISTS mes AUTHORIZATION mes_owner;
REVOKE ALL ON SCHEMA mes FROM PUBLIC;
GRANT USAGE ON SCHEMA mes TO mes_station, mes_publisher, mes_reader, mes_auditor, mes_author;
