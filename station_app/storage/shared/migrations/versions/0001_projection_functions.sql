-- Projection: landed records are flattened into the reporting tables, or noted in quarantine. Frozen: a change is a new
-- migration. SQLSTATEs of our own: MES10 unknown kind or version (waits for a migration), MES11 over 1 MiB,
-- MES12 another content under the same rec_id. Nothing here depends on the order in which records arrive.

-- Called for every value: without a SET clause, so that the planner inlines them. Exact until the year 2255.
CREATE FUNCTION mes.time_of(p_us bigint) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT timestamptz 'epoch' + p_us * interval '1 microsecond'
$$;

CREATE FUNCTION mes.not_a_number(p_text text) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '"%" is not a number', left(p_text, 40) USING ERRCODE = '22P02';
END $$;

-- The number in a text that has to be one; NULL for empty text. NaN and infinity are no numbers here.
CREATE FUNCTION mes.number_of(p_text text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN p_text = '' THEN NULL
        WHEN p_text ~ '^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?\s*$' THEN p_text::numeric
        WHEN p_text IS NOT NULL THEN mes.not_a_number(p_text)
    END
$$;

-- The same for a machine's value, which may be a word (a state, a program's name): NULL then.
CREATE FUNCTION mes.number_if_numeric(p_text text) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN p_text ~ '^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?\s*$' THEN p_text::numeric
        WHEN p_text ~* '^\s*[+-]?(nan|inf|infinity)\s*$' THEN mes.not_a_number(p_text)
    END
$$;

-- Is this a failure of the server or of its surroundings, and not of the record?
CREATE FUNCTION mes.is_environment(p_sqlstate text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT left(p_sqlstate, 2) IN ('08', '25', '40', '53', '55', '57', '58', 'F0', 'XX')
$$;

-- The units a record names, as far as its body can be read: so that a quarantined record is still found by its unit. Whatever
-- the body is, this must not fail: nothing else stands between a poisoned record and the batch it came with.
CREATE FUNCTION mes.serials_in(p_body bytea) RETURNS text[]
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_body jsonb;
BEGIN
    v_body := convert_from(p_body, 'UTF8')::jsonb;
    RETURN ARRAY(
        SELECT DISTINCT s.serial FROM (VALUES (v_body ->> 'serial'), (v_body ->> 'component_serial')) AS s (serial)
        WHERE s.serial <> '' AND octet_length(s.serial) <= 200 ORDER BY 1);
EXCEPTION WHEN OTHERS THEN
    IF mes.is_environment(SQLSTATE) THEN
        RAISE;
    END IF;
    RETURN '{}';
END $$;

CREATE FUNCTION mes.quarantine_record(
    p_station text, p_chan text, p_epoch integer, p_seq bigint, p_sqlstate text, p_message text
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes.quarantine AS q (
        station, chan, epoch, seq, rec_id, kind, ver, sqlstate, message, serials, attempts)
    SELECT l.station, l.chan, l.epoch, l.seq, l.rec_id, l.kind, l.ver, p_sqlstate, left(p_message, 500),
        mes.serials_in(l.body), 1
    FROM mes.station_log AS l
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq = p_seq
    ON CONFLICT (station, chan, epoch, seq) DO UPDATE SET
        sqlstate = excluded.sqlstate, message = excluded.message, serials = excluded.serials,
        attempts = q.attempts + 1, last_attempt_at = clock_timestamp();
END $$;

-- One record: into its table, or into quarantine with the reason.
CREATE FUNCTION mes.project_record(p_station text, p_chan text, p_epoch integer, p_seq bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    v_kind text;
    v_ver integer;
    v_size integer;
    v_message text;
BEGIN
    SELECT l.kind, l.ver, octet_length(l.body) INTO v_kind, v_ver, v_size FROM mes.station_log AS l
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq = p_seq;
    IF NOT EXISTS (SELECT 1 FROM mes.record_kind AS k WHERE k.kind = v_kind AND k.ver = v_ver) THEN
        PERFORM mes.quarantine_record(p_station, p_chan, p_epoch, p_seq, 'MES10',
            format('kind %s version %s waits for a migration', v_kind, v_ver));
        RETURN;
    END IF;
    IF v_size > 1048576 THEN
        PERFORM mes.quarantine_record(p_station, p_chan, p_epoch, p_seq, 'MES11',
            format('the body has %s bytes, more than 1 MiB', v_size));
        RETURN;
    END IF;
    BEGIN
        EXECUTE format('SELECT mes.%I($1, $2, $3, $4, $4, ''{}'')', 'project_' || v_kind)
            USING p_station, p_chan, p_epoch, p_seq;
    EXCEPTION WHEN OTHERS THEN
        IF mes.is_environment(SQLSTATE) THEN
            RAISE;
        END IF;
        v_message := SQLERRM;
        PERFORM mes.quarantine_record(p_station, p_chan, p_epoch, p_seq, SQLSTATE, v_message);
    END;
END $$;

-- The same rec_id more than once in the log (a re-homed record, or a forged one): the first in order of (station, chan,
-- epoch, seq) stands in the reporting tables, one that says something else is quarantined.
CREATE FUNCTION mes.settle_duplicate(p_rec_id text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    v_kind text;
    v_row record;
    v_first record;
BEGIN
    FOR v_kind IN SELECT DISTINCT k.kind FROM mes.record_kind AS k
        JOIN mes.station_log AS l ON l.kind = k.kind WHERE l.rec_id = p_rec_id
    LOOP
        EXECUTE format('DELETE FROM mes.%I WHERE rec_id = $1', v_kind) USING p_rec_id;
    END LOOP;
    DELETE FROM mes.quarantine AS q WHERE q.rec_id = p_rec_id AND q.resolved_by IS NULL;
    FOR v_row IN
        SELECT l.station, l.chan, l.epoch, l.seq, l.content_sha FROM mes.station_log AS l
        WHERE l.rec_id = p_rec_id ORDER BY l.station, l.chan, l.epoch, l.seq
    LOOP
        IF v_first IS NULL THEN
            v_first := v_row;
            PERFORM mes.project_record(v_row.station, v_row.chan, v_row.epoch, v_row.seq);
        ELSIF v_row.content_sha <> v_first.content_sha THEN
            PERFORM mes.quarantine_record(v_row.station, v_row.chan, v_row.epoch, v_row.seq, 'MES12',
                format('another content under the rec_id of %s %s epoch %s seq %s',
                    v_first.station, v_first.chan, v_first.epoch, v_first.seq));
        END IF;
    END LOOP;
END $$;

-- The rec_ids of a range that stand more than once in the log.
CREATE FUNCTION mes.duplicates_in(p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint)
RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(DISTINCT l.rec_id), '{}')
    FROM mes.station_log AS l CROSS JOIN LATERAL (
        SELECT count(*) AS n FROM (SELECT 1 FROM mes.station_log AS o WHERE o.rec_id = l.rec_id LIMIT 2) AS two
    ) AS c
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to AND c.n > 1
$$;

-- Flatten a range of one epoch that has just landed: one statement a kind, and record by record where that fails.
CREATE FUNCTION mes.project(p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    v_twice text[];
    v_kind text;
    v_known boolean;
    v_done boolean;
    v_seq bigint;
    v_rec_id text;
BEGIN
    v_twice := mes.duplicates_in(p_station, p_chan, p_epoch, p_from, p_to);
    FOR v_kind, v_known IN
        SELECT l.kind, bool_and(k.kind IS NOT NULL AND octet_length(l.body) <= 1048576)
        FROM mes.station_log AS l LEFT JOIN mes.record_kind AS k ON k.kind = l.kind AND k.ver = l.ver
        WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
        GROUP BY l.kind
    LOOP
        v_done := false;
        IF v_known THEN
            BEGIN
                EXECUTE format('SELECT mes.%I($1, $2, $3, $4, $5, $6)', 'project_' || v_kind)
                    USING p_station, p_chan, p_epoch, p_from, p_to, v_twice;
                v_done := true;
            EXCEPTION WHEN OTHERS THEN
                IF mes.is_environment(SQLSTATE) THEN
                    RAISE;
                END IF;
            END;
        END IF;
        IF NOT v_done THEN
            FOR v_seq IN
                SELECT l.seq FROM mes.station_log AS l
                WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
                  AND l.kind = v_kind AND l.rec_id <> ALL (v_twice) ORDER BY l.seq
            LOOP
                PERFORM mes.project_record(p_station, p_chan, p_epoch, v_seq);
            END LOOP;
        END IF;
    END LOOP;
    -- A re-homed record says what it said at its first place: nothing to do unless the first place is a new one.
    FOR v_rec_id IN
        SELECT l.rec_id FROM mes.station_log AS l WHERE l.rec_id = ANY (v_twice)
        GROUP BY l.rec_id
        HAVING count(DISTINCT l.content_sha) > 1
            OR (min(ARRAY[l.station, l.chan, lpad(l.epoch::text, 10, '0'), lpad(l.seq::text, 19, '0')]))
                >= ARRAY[p_station, p_chan, lpad(p_epoch::text, 10, '0'), lpad(p_from::text, 19, '0')] COLLATE "C"
    LOOP
        PERFORM mes.settle_duplicate(v_rec_id);
    END LOOP;
END $$;

-- Try the quarantined records again that nobody has resolved: after a migration, or after a repair.
CREATE FUNCTION mes.retry_quarantine() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    v_row record;
    v_tried bigint := 0;
BEGIN
    LOCK TABLE mes.station IN EXCLUSIVE MODE;
    FOR v_row IN
        SELECT q.* FROM mes.quarantine AS q WHERE q.resolved_by IS NULL AND q.sqlstate <> 'MES12'
        ORDER BY q.station, q.chan, q.epoch, q.seq
    LOOP
        PERFORM mes.project_record(v_row.station, v_row.chan, v_row.epoch, v_row.seq);
        DELETE FROM mes.quarantine AS q
        WHERE q.station = v_row.station AND q.chan = v_row.chan AND q.epoch = v_row.epoch AND q.seq = v_row.seq
          AND q.attempts = v_row.attempts;
        v_tried := v_tried + 1;
    END LOOP;
    RETURN v_tried;
END $$;

-- Empty the reporting tables and fill them again from the log; stations wait meanwhile.
CREATE FUNCTION mes.rebuild_projection() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    v_kind text;
    v_head mes.station_head;
    v_from bigint;
    v_count bigint := 0;
BEGIN
    LOCK TABLE mes.station IN EXCLUSIVE MODE;
    FOR v_kind IN SELECT k.kind FROM mes.record_kind AS k LOOP
        EXECUTE format('TRUNCATE mes.%I', v_kind);
    END LOOP;
    DELETE FROM mes.quarantine AS q WHERE q.resolved_by IS NULL;
    FOR v_head IN SELECT h.* FROM mes.station_head AS h ORDER BY h.station, h.chan, h.epoch LOOP
        v_from := 1;
        WHILE v_from <= v_head.last_seq LOOP
            PERFORM mes.project(v_head.station, v_head.chan, v_head.epoch, v_from, least(v_from + 999, v_head.last_seq));
            v_from := v_from + 1000;
        END LOOP;
        v_count := v_count + v_head.last_seq;
    END LOOP;
    RETURN v_count;
END $$;
