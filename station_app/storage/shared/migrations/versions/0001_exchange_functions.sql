-- Files, master data, live status, and what a station and the overview may ask about units. Frozen: a change is a new
-- migration.

-- Who puts a file: a station's path, or the login of a publisher.
CREATE FUNCTION mes.blob_owner() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT s.path FROM mes.station AS s WHERE s.login = session_user::text), 'login ' || session_user)
$$;

CREATE FUNCTION mes.check_blob_name(p_sha256 text, p_size_bytes bigint) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_sha256 IS NULL OR p_sha256 !~ '^[0-9a-f]{64}$' THEN
        RAISE EXCEPTION 'a file is named by 64 lower-case hexadecimal digits' USING ERRCODE = 'MES03';
    END IF;
    IF p_size_bytes IS NULL OR p_size_bytes NOT BETWEEN 0 AND 268435456 THEN
        RAISE EXCEPTION 'a file has at most 256 MiB' USING ERRCODE = 'MES03';
    END IF;
END $$;

-- Which chunks of 256 KiB are missing; NULL when the file is sealed.
CREATE FUNCTION mes.blob_missing(p_sha256 text, p_size_bytes bigint) RETURNS integer[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM mes.check_blob_name(p_sha256, p_size_bytes);
    IF EXISTS (SELECT 1 FROM mes.blob AS b WHERE b.sha256 = p_sha256) THEN
        RETURN NULL;
    END IF;
    RETURN ARRAY(
        SELECT n FROM generate_series(0, (p_size_bytes + 262143) / 262144 - 1) AS n
        WHERE NOT EXISTS (
            SELECT 1 FROM mes.blob_chunk AS c
            WHERE c.sha256 = p_sha256 AND c.owner = mes.blob_owner() AND c.chunk_no = n)
        ORDER BY n);
END $$;

-- Chunks belong to their owner until the file is sealed: nobody can spoil another's upload.
CREATE FUNCTION mes.blob_put(p_sha256 text, p_chunk_no integer, p_content bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM mes.check_blob_name(p_sha256, 0);
    IF p_chunk_no IS NULL OR p_chunk_no NOT BETWEEN 0 AND 1023 OR octet_length(p_content) > 262144 THEN
        RAISE EXCEPTION 'a chunk has at most 256 KiB and a number from 0 to 1023' USING ERRCODE = 'MES03';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM mes.blob AS b WHERE b.sha256 = p_sha256) THEN
        INSERT INTO mes.blob_chunk (sha256, owner, chunk_no, content)
        VALUES (p_sha256, mes.blob_owner(), p_chunk_no, p_content) ON CONFLICT DO NOTHING;
    END IF;
END $$;

-- 'sealed' when the chunks are the file; 'incomplete'; 'damaged': the owner's chunks are dropped, to be sent again.
CREATE FUNCTION mes.blob_seal(p_sha256 text, p_size_bytes bigint, p_media_type text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_owner text := mes.blob_owner();
    v_content bytea;
    v_count bigint;
BEGIN
    PERFORM mes.check_blob_name(p_sha256, p_size_bytes);
    IF EXISTS (SELECT 1 FROM mes.blob AS b WHERE b.sha256 = p_sha256) THEN
        RETURN 'sealed';
    END IF;
    SELECT coalesce(string_agg(c.content, ''::bytea ORDER BY c.chunk_no), ''), count(*) INTO v_content, v_count
    FROM mes.blob_chunk AS c WHERE c.sha256 = p_sha256 AND c.owner = v_owner;
    IF v_count < (p_size_bytes + 262143) / 262144 THEN
        RETURN 'incomplete';
    END IF;
    IF octet_length(v_content) <> p_size_bytes OR encode(sha256(v_content), 'hex') <> p_sha256 THEN
        DELETE FROM mes.blob_chunk AS c WHERE c.sha256 = p_sha256 AND c.owner = v_owner;
        RETURN 'damaged';
    END IF;
    INSERT INTO mes.blob (sha256, size_bytes, media_type, owner)
    VALUES (p_sha256, p_size_bytes, left(p_media_type, 100), v_owner) ON CONFLICT DO NOTHING;
    DELETE FROM mes.blob_chunk AS c USING mes.blob AS b
    WHERE b.sha256 = p_sha256 AND c.sha256 = b.sha256 AND c.owner <> b.owner;
    RETURN 'sealed';
END $$;

-- The chunks of a sealed file in order; no row when there is none.
CREATE FUNCTION mes.blob_get(p_sha256 text) RETURNS TABLE (size_bytes bigint, chunk_no integer, content bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT b.size_bytes, c.chunk_no, c.content
    FROM mes.blob AS b LEFT JOIN mes.blob_chunk AS c ON c.sha256 = b.sha256 AND c.owner = b.owner
    WHERE b.sha256 = p_sha256 ORDER BY c.chunk_no
$$;

CREATE FUNCTION mes.audit_blobs() RETURNS TABLE (sha256 text, size_bytes bigint, owner text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT b.sha256, b.size_bytes, b.owner FROM mes.blob AS b ORDER BY b.sha256
$$;

-- Revisions are made under a lock that is held until the transaction ends: whoever sees a revision sees all before it.
-- A document that stands there already is not published again. Answers the highest revision.
CREATE FUNCTION mes.publish(p_kind text, p_id text, p_body bytea, p_op text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_rev bigint;
    v_current record;
    v_sha256 text := encode(sha256(p_body), 'hex');
BEGIN
    IF p_op NOT IN ('put', 'remove') OR p_kind = '' OR p_id = '' THEN
        RAISE EXCEPTION 'a change has a kind, an id and the operation put or remove' USING ERRCODE = 'MES03';
    END IF;
    PERFORM pg_advisory_xact_lock(5063764);
    SELECT coalesce(max(m.rev), 0) INTO v_rev FROM mes.master_change AS m;
    SELECT m.op, m.sha256 INTO v_current FROM mes.master_change AS m
    WHERE m.kind = p_kind AND m.id = p_id ORDER BY m.rev DESC LIMIT 1;
    IF v_current.op = p_op AND (p_op = 'remove' OR v_current.sha256 = v_sha256) THEN
        RETURN v_rev;
    END IF;
    INSERT INTO mes.master_change (rev, kind, id, body, sha256, op, published_by)
    VALUES (v_rev + 1, p_kind, p_id, p_body, v_sha256, p_op, session_user);
    PERFORM pg_notify('mes_master', (v_rev + 1)::text);
    RETURN v_rev + 1;
END $$;

CREATE VIEW mes.master AS
    SELECT c.* FROM (
        SELECT DISTINCT ON (m.kind, m.id) m.* FROM mes.master_change AS m ORDER BY m.kind, m.id, m.rev DESC
    ) AS c WHERE c.op = 'put';

-- Changes after a revision in order, about 16 MiB at most in one answer; every row carries the highest revision, and
-- a row without a change says that there is none.
CREATE FUNCTION mes.master_since(p_rev bigint, p_limit integer)
RETURNS TABLE (rev bigint, kind text, id text, body bytea, sha256 text, op text, highest_rev bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.rev, c.kind, c.id, c.body, c.sha256, c.op, h.highest
    FROM (SELECT coalesce(max(m.rev), 0) AS highest FROM mes.master_change AS m) AS h
    LEFT JOIN (
        SELECT m.*, sum(octet_length(m.body)) OVER (ORDER BY m.rev) - octet_length(m.body) AS bytes_before
        FROM (
            SELECT * FROM mes.master_change AS m WHERE m.rev > p_rev ORDER BY m.rev LIMIT least(p_limit, 2000)
        ) AS m
    ) AS c ON c.bytes_before <= 16777216
    ORDER BY c.rev
$$;

CREATE FUNCTION mes.status(p_status bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF octet_length(p_status) > 262144 THEN
        RAISE EXCEPTION 'a status has at most 256 KiB' USING ERRCODE = 'MES03';
    END IF;
    INSERT INTO mes.station_status AS s (station, status) VALUES (mes.own_station(), p_status)
    ON CONFLICT (station) DO UPDATE SET status = excluded.status, received_at = clock_timestamp();
END $$;

-- Every station, with its last status and the seconds since.
CREATE FUNCTION mes.line_status() RETURNS TABLE (station text, status bytea, contact_age_s double precision)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.path, t.status, extract(epoch FROM clock_timestamp() - t.received_at)::double precision
    FROM mes.station AS s LEFT JOIN mes.station_status AS t ON t.station = s.path
    ORDER BY s.path
$$;

-- Which projected records name which unit: its own, and those that used it as a component.
CREATE VIEW mes.unit_record AS
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.job_state AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.step_state AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.check_confirmed AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.measurement AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.machine_value AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.material_consumed AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.material_detached AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.evidence_captured AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.nonconformance AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.signature AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.equipment_state AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.alarm_transition AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.call_raised AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.comment AS t
    UNION ALL
    SELECT t.serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.override AS t
    UNION ALL
    SELECT t.component_serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.material_consumed AS t
    UNION ALL
    SELECT t.component_serial AS serial, t.station, t.chan, t.epoch, t.seq FROM mes.material_detached AS t;

-- Every record of every station that concerns a unit: those that name it (the quarantined ones as far as they can be read),
-- and those that follow from them: holds on it, its orders and what is in it, answers to its calls, the course of its alarms,
-- and what was signed or remarked about its jobs. The order across stations is left to the reader.
CREATE FUNCTION mes.unit_log(p_serial text) RETURNS SETOF mes.station_log
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
    WITH named AS MATERIALIZED (
        SELECT u.station, u.chan, u.epoch, u.seq FROM mes.unit_record AS u WHERE u.serial = p_serial
        UNION
        SELECT q.station, q.chan, q.epoch, q.seq FROM mes.quarantine AS q WHERE q.serials @> ARRAY[p_serial]
    ), job AS MATERIALIZED (
        SELECT DISTINCT j.job_id, j.order_id FROM mes.job_state AS j WHERE j.serial = p_serial
    ), subject (scope, subject) AS MATERIALIZED (
        SELECT 'unit', p_serial
        UNION SELECT 'order', j.order_id FROM job AS j
        UNION SELECT 'unit', m.component_serial FROM mes.material_consumed AS m WHERE m.serial = p_serial
        UNION SELECT 'lot', m.lot FROM mes.material_consumed AS m WHERE m.serial = p_serial
    ), placed_hold AS MATERIALIZED (
        SELECT h.* FROM mes.hold AS h JOIN subject AS s ON s.subject = h.subject AND s.scope = h.scope
        WHERE s.subject <> ''
    ), place AS (
        SELECT n.station, n.chan, n.epoch, n.seq FROM named AS n
        UNION SELECT h.station, h.chan, h.epoch, h.seq FROM placed_hold AS h
        UNION SELECT r.station, r.chan, r.epoch, r.seq
            FROM mes.hold_released AS r JOIN placed_hold AS h ON h.hold_id = r.hold_id
        UNION SELECT a.station, a.chan, a.epoch, a.seq
            FROM mes.call_answered AS a JOIN mes.call_raised AS c ON c.call_id = a.call_id WHERE c.serial = p_serial
        UNION SELECT t.station, t.chan, t.epoch, t.seq
            FROM mes.alarm_transition AS t JOIN mes.alarm_transition AS o ON o.alarm_id = t.alarm_id
            WHERE o.serial = p_serial
        UNION SELECT c.station, c.chan, c.epoch, c.seq
            FROM mes.comment AS c JOIN job AS j ON j.job_id = c.job_id WHERE c.serial = ''
        UNION SELECT o.station, o.chan, o.epoch, o.seq
            FROM mes.override AS o JOIN job AS j ON j.job_id = o.job_id WHERE o.serial = ''
        UNION SELECT e.station, e.chan, e.epoch, e.seq
            FROM mes.equipment_state AS e JOIN job AS j ON j.job_id = e.job_id WHERE e.serial = ''
        UNION SELECT s.station, s.chan, s.epoch, s.seq
            FROM mes.signature AS s JOIN job AS j ON j.job_id = s.job_id WHERE s.serial = ''
        UNION SELECT s.station, s.chan, s.epoch, s.seq FROM mes.signature AS s
            WHERE s.signed_ids && ARRAY(
                SELECT l.rec_id FROM named AS n
                JOIN mes.station_log AS l USING (station, chan, epoch, seq))
    )
    SELECT l.* FROM place AS p JOIN mes.station_log AS l
        ON l.station = p.station AND l.chan = p.chan AND l.epoch = p.epoch AND l.seq = p.seq
    ORDER BY l.station, l.chan, l.epoch, l.seq
$$;

CREATE FUNCTION mes.trace(p_serial text) RETURNS SETOF mes.station_log
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM mes.own_station();
    RETURN QUERY SELECT * FROM mes.unit_log(p_serial);
END $$;

CREATE FUNCTION mes.trace_any(p_serial text) RETURNS SETOF mes.station_log
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM mes.unit_log(p_serial)
$$;

-- The last state of each job on a unit, newest first. At one station the log decides what is last, not the clock.
CREATE FUNCTION mes.unit_status(p_serial text)
RETURNS TABLE (serial text, order_id text, operation text, station text, job_id text, state text, outcome text,
    changed_us bigint, held boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
    SELECT j.serial, j.order_id, j.operation, j.station, j.job_id, j.state, j.outcome,
        (extract(epoch FROM j.corrected_time) * 1000000)::bigint, EXISTS (
            SELECT 1 FROM mes.hold AS h
            WHERE (h.scope = 'unit' AND h.subject = j.serial OR h.scope = 'order' AND h.subject = j.order_id)
              AND NOT EXISTS (SELECT 1 FROM mes.hold_released AS r WHERE r.hold_id = h.hold_id))
    FROM (
        SELECT DISTINCT ON (s.station, s.job_id) s.* FROM mes.job_state AS s WHERE s.serial = p_serial
        ORDER BY s.station, s.job_id, s.epoch DESC, s.seq DESC
    ) AS j
    ORDER BY j.corrected_time DESC, j.station DESC, j.epoch DESC, j.seq DESC
$$;

-- Where a component was built in, oldest first. It is detached when a later record of the same unit took it out;
-- at equal times detaching comes before attaching. Corrected records do not count.
CREATE FUNCTION mes.component_use(p_component_serial text)
RETURNS TABLE (material text, component_serial text, used_in text, station text, detached boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
    SELECT c.material, c.component_serial, c.serial, c.station, EXISTS (
        SELECT 1 FROM mes.material_detached AS d
        WHERE d.component_serial = c.component_serial AND d.serial = c.serial
          AND CASE WHEN d.station = c.station AND d.chan = c.chan THEN (d.epoch, d.seq) > (c.epoch, c.seq)
              ELSE d.corrected_time > c.corrected_time END)
    FROM mes.material_consumed AS c
    WHERE c.component_serial = p_component_serial AND p_component_serial <> ''
      AND NOT EXISTS (
          SELECT 1 FROM mes.material_consumed AS n WHERE n.serial = c.serial AND n.supersedes = c.rec_id)
    ORDER BY c.corrected_time, c.station, c.epoch, c.seq
$$;
