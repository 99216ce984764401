-- How records land: identity, hash chain, hello, append_batch, forks, reading back. Frozen: a change is a new migration.
-- SQLSTATEs of our own: MES01 gap, MES02 broken chain, MES03 the call itself is wrong.

CREATE FUNCTION mes.schema_version() RETURNS TABLE (version integer, oldest_client integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT a.version_num::integer, coalesce(s.oldest_client, a.version_num::integer)
    FROM mes.alembic_version AS a LEFT JOIN mes.schema_serves AS s ON s.version = a.version_num::integer
$$;

-- Whose login this is: never a parameter.
CREATE FUNCTION mes.own_station() RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_path text;
BEGIN
    SELECT s.path INTO v_path FROM mes.station AS s WHERE s.login = session_user::text;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the login % belongs to no station of this database', session_user USING ERRCODE = '42501';
    END IF;
    RETURN v_path;
END $$;

CREATE FUNCTION mes.station_path() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT mes.own_station()
$$;

-- A field as the chain hashes it: four bytes of length, big endian, and its UTF-8 bytes; NULL is FFFFFFFF alone. The hash
-- functions are STABLE, as convert_to is, and have no SET clause, so that the planner inlines them.
CREATE FUNCTION mes.field(p_text text) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(int4send(octet_length(p_text)) || convert_to(p_text, 'UTF8'), '\xffffffff'::bytea)
$$;

CREATE FUNCTION mes.genesis(p_station text, p_chan text, p_epoch integer) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256('station-journal-1'::bytea || mes.field(p_station) || mes.field(p_chan) || mes.field(p_epoch::text))
$$;

-- What of a record does not depend on its place; its SHA-256 tells whether two records say the same.
CREATE FUNCTION mes.content_bytes(
    p_rec_id text, p_kind text, p_ver integer, p_actor text, p_wall_us bigint, p_utc_offset_min integer,
    p_mono_ns bigint, p_boot_id text, p_clock_offset_ms bigint, p_body bytea
) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT mes.field(p_rec_id) || mes.field(p_kind) || mes.field(p_ver::text) || mes.field(p_actor)
        || mes.field(p_wall_us::text) || mes.field(p_utc_offset_min::text) || mes.field(p_mono_ns::text)
        || mes.field(p_boot_id) || mes.field(p_clock_offset_ms::text) || int4send(octet_length(p_body)) || p_body
$$;

-- The same bytes as station_app.domain.chain.record_hash; a test holds both together.
CREATE FUNCTION mes.record_hash(
    p_previous bytea, p_chan text, p_epoch integer, p_seq bigint, p_content bytea
) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256(p_previous || mes.field(p_chan) || mes.field(p_epoch::text) || mes.field(p_seq::text) || p_content)
$$;

CREATE FUNCTION mes.now_us() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
$$;

CREATE FUNCTION mes.hello(p_chan text, p_epoch integer)
RETURNS TABLE (last_seq bigint, last_hash bytea, highest_epoch integer, now_us bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_station text := mes.own_station();
BEGIN
    RETURN QUERY
    SELECT coalesce(h.last_seq, 0), h.last_hash,
        (SELECT coalesce(max(e.epoch), 0) FROM mes.station_head AS e WHERE e.station = v_station AND e.chan = p_chan),
        mes.now_us()
    FROM (VALUES (1)) AS one (n)
    LEFT JOIN mes.station_head AS h ON h.station = v_station AND h.chan = p_chan AND h.epoch = p_epoch;
END $$;

CREATE FUNCTION mes.fork_info(p_chan text, p_hashes bytea[])
RETURNS TABLE (epoch integer, seq bigint, highest_epoch integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    v_station text := mes.own_station();
BEGIN
    RETURN QUERY
    SELECT coalesce(f.epoch, 0), coalesce(f.seq, 0),
        (SELECT coalesce(max(e.epoch), 0) FROM mes.station_head AS e WHERE e.station = v_station AND e.chan = p_chan)
    FROM (VALUES (1)) AS one (n)
    LEFT JOIN LATERAL (
        -- OFFSET 0: each hash is looked up by its index, however few of them the server knows
        SELECT l.epoch, l.seq FROM unnest(p_hashes) AS h(hash) CROSS JOIN LATERAL (
            SELECT o.station, o.chan, o.epoch, o.seq FROM mes.station_log AS o WHERE o.hash = h.hash OFFSET 0
        ) AS l
        WHERE l.station = v_station AND l.chan = p_chan
        ORDER BY l.epoch DESC, l.seq DESC LIMIT 1
    ) AS f ON true;
END $$;

-- An epoch after the first begins with an epoch_start that names a row the server has as its parent.
CREATE FUNCTION mes.check_epoch_start(
    p_station text, p_chan text, p_epoch integer, p_kind text, p_body bytea
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_highest integer;
    v_parent record;
    v_found boolean;
BEGIN
    SELECT max(h.epoch) INTO v_highest FROM mes.station_head AS h WHERE h.station = p_station AND h.chan = p_chan;
    IF p_epoch <= v_highest THEN
        RAISE EXCEPTION '% epoch % cannot begin: epoch % is known already', p_chan, p_epoch, v_highest
            USING ERRCODE = 'MES02';
    END IF;
    IF p_epoch = 1 THEN
        RETURN;
    END IF;
    IF p_kind IS DISTINCT FROM 'epoch_start' THEN
        RAISE EXCEPTION '% epoch % begins with a record of kind %, not with epoch_start', p_chan, p_epoch, p_kind
            USING ERRCODE = 'MES02';
    END IF;
    BEGIN
        SELECT b.parent_epoch, b.parent_seq, decode(b.parent_hash, 'hex') AS parent_hash INTO v_parent
        FROM jsonb_to_record(convert_from(p_body, 'UTF8')::jsonb)
            AS b(parent_epoch integer, parent_seq bigint, parent_hash text);
    EXCEPTION WHEN OTHERS THEN
        IF mes.is_environment(SQLSTATE) THEN
            RAISE;
        END IF;
        RAISE EXCEPTION '% epoch %: its epoch_start cannot be read', p_chan, p_epoch USING ERRCODE = 'MES02';
    END;
    IF v_parent.parent_seq = 0 THEN
        v_found := v_parent.parent_epoch = 0
            OR v_parent.parent_hash = mes.genesis(p_station, p_chan, v_parent.parent_epoch);
    ELSE
        SELECT true INTO v_found FROM mes.station_log AS l
        WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = v_parent.parent_epoch
          AND l.seq = v_parent.parent_seq AND l.hash = v_parent.parent_hash;
    END IF;
    IF v_found IS NOT TRUE OR v_parent.parent_epoch >= p_epoch THEN
        RAISE EXCEPTION '% epoch %: its parent, epoch % seq %, is not a row the server has',
            p_chan, p_epoch, v_parent.parent_epoch, v_parent.parent_seq USING ERRCODE = 'MES02';
    END IF;
END $$;

-- Deliver records first_seq, first_seq + 1, ... of one epoch. One transaction: compare what is known already, recompute
-- the chain of the rest, land it, move the head, project. Answers the last seq the server has.
CREATE FUNCTION mes.append_batch(
    p_chan text, p_epoch integer, p_first_seq bigint, p_ids text[], p_kinds text[], p_vers integer[], p_actors text[],
    p_wall_us bigint[], p_utc_offset_min integer[], p_mono_ns bigint[], p_boot_ids text[], p_clock_offset_ms bigint[],
    p_bodies bytea[], p_hashes bytea[]
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    v_station text := mes.own_station();
    v_count integer := coalesce(cardinality(p_ids), 0);
    v_last bigint := 0;
    v_hash bytea;
    v_known integer;
    v_bad bigint;
BEGIN
    PERFORM mes.check_batch(p_chan, p_epoch, p_first_seq, v_count, ARRAY[
        cardinality(p_kinds), cardinality(p_vers), cardinality(p_actors), cardinality(p_wall_us),
        cardinality(p_utc_offset_min), cardinality(p_mono_ns), cardinality(p_boot_ids),
        cardinality(p_clock_offset_ms), cardinality(p_bodies), cardinality(p_hashes)]);
    -- One delivery at a time for a station: two copies of it must not race for a new epoch or for the same rec_id.
    PERFORM 1 FROM mes.station AS s WHERE s.path = v_station FOR NO KEY UPDATE;
    SELECT h.last_seq, h.last_hash INTO v_last, v_hash FROM mes.station_head AS h
    WHERE h.station = v_station AND h.chan = p_chan AND h.epoch = p_epoch;
    IF NOT FOUND THEN
        v_last := 0;
        v_hash := mes.genesis(v_station, p_chan, p_epoch);
    END IF;
    IF p_first_seq > v_last + 1 THEN
        RAISE EXCEPTION '% epoch %: the batch begins at seq %, the server has up to %',
            p_chan, p_epoch, p_first_seq, v_last USING ERRCODE = 'MES01';
    END IF;
    IF v_count = 0 THEN
        RETURN v_last;
    END IF;
    IF v_last = 0 THEN
        PERFORM mes.check_epoch_start(v_station, p_chan, p_epoch, p_kinds[1], p_bodies[1]);
    END IF;

    v_known := least(v_count, v_last - p_first_seq + 1);
    IF v_known > 0 THEN
        SELECT min(p_first_seq + t.i - 1) INTO v_bad
        FROM unnest(p_hashes[:v_known]) WITH ORDINALITY AS t(hash, i)
        LEFT JOIN (
            SELECT o.seq, o.hash FROM mes.station_log AS o
            WHERE o.station = v_station AND o.chan = p_chan AND o.epoch = p_epoch
              AND o.seq BETWEEN p_first_seq AND p_first_seq + v_known - 1
        ) AS l ON l.seq = p_first_seq + t.i - 1
        WHERE l.hash IS DISTINCT FROM t.hash;
        IF v_bad IS NOT NULL THEN
            RAISE EXCEPTION '% epoch % seq %: not the record the server has', p_chan, p_epoch, v_bad
                USING ERRCODE = 'MES02';
        END IF;
        IF v_known = v_count THEN
            RETURN v_last;
        END IF;
    END IF;

    -- Every hash is checked against the one before it, so all at once is as good as one after the other.
    WITH incoming AS MATERIALIZED (
        SELECT t.*, p_first_seq + t.i - 1 AS seq, mes.content_bytes(
            t.rec_id, t.kind, t.ver, t.actor, t.wall_us, t.utc_offset_min, t.mono_ns, t.boot_id, t.clock_offset_ms,
            t.body) AS content
        FROM unnest(p_ids, p_kinds, p_vers, p_actors, p_wall_us, p_utc_offset_min, p_mono_ns, p_boot_ids,
                p_clock_offset_ms, p_bodies, p_hashes) WITH ORDINALITY
            AS t(rec_id, kind, ver, actor, wall_us, utc_offset_min, mono_ns, boot_id, clock_offset_ms, body, hash, i)
        WHERE t.i > v_known
    ), landed AS (
        INSERT INTO mes.station_log (
            station, chan, epoch, seq, rec_id, kind, ver, actor, wall_us, utc_offset_min, mono_ns, boot_id,
            clock_offset_ms, body, hash, content_sha)
        SELECT v_station, p_chan, p_epoch, n.seq, n.rec_id, n.kind, n.ver, n.actor, n.wall_us, n.utc_offset_min,
            n.mono_ns, n.boot_id, n.clock_offset_ms, n.body, n.hash, sha256(n.content)
        FROM incoming AS n ORDER BY n.i
    )
    SELECT min(c.seq) INTO v_bad FROM (
        SELECT n.seq, n.hash = mes.record_hash(
            coalesce(lag(n.hash) OVER (ORDER BY n.i), v_hash), p_chan, p_epoch, n.seq, n.content) AS good
        FROM incoming AS n
    ) AS c WHERE c.good IS NOT TRUE;
    IF v_bad IS NOT NULL THEN
        RAISE EXCEPTION '% epoch % seq %: the content does not match its hash', p_chan, p_epoch, v_bad
            USING ERRCODE = 'MES02';
    END IF;

    INSERT INTO mes.station_head (station, chan, epoch, last_seq, last_hash)
    VALUES (v_station, p_chan, p_epoch, p_first_seq + v_count - 1, p_hashes[v_count])
    ON CONFLICT (station, chan, epoch) DO UPDATE
        SET last_seq = excluded.last_seq, last_hash = excluded.last_hash;
    PERFORM mes.project(v_station, p_chan, p_epoch, p_first_seq + v_known, p_first_seq + v_count - 1);
    RETURN p_first_seq + v_count - 1;
END $$;

CREATE FUNCTION mes.check_batch(
    p_chan text, p_epoch integer, p_first_seq bigint, p_count integer, p_lengths integer[]
) RETURNS void LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_chan IS NULL OR p_chan NOT IN ('rec', 'audit') THEN
        RAISE EXCEPTION 'there is no channel %', p_chan USING ERRCODE = 'MES03';
    END IF;
    IF p_epoch IS NULL OR p_epoch < 1 OR p_first_seq IS NULL OR p_first_seq < 1 THEN
        RAISE EXCEPTION 'epochs and sequence numbers count from 1' USING ERRCODE = 'MES03';
    END IF;
    IF p_count > 2000 THEN
        RAISE EXCEPTION 'a batch has at most 2000 records, this one %', p_count USING ERRCODE = 'MES03';
    END IF;
    IF p_count > 0 AND (p_count = ALL (p_lengths)) IS NOT TRUE THEN
        RAISE EXCEPTION 'the batch has % record ids and another number of other fields', p_count
            USING ERRCODE = 'MES03';
    END IF;
END $$;

-- The station's own rows in order, about 16 MiB at most in one answer but at least one row.
CREATE FUNCTION mes.read_log(p_chan text, p_epoch integer, p_after_seq bigint, p_limit integer)
RETURNS SETOF mes.station_log
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT * FROM mes.log_rows(mes.own_station(), p_chan, p_epoch, p_after_seq, p_limit);
END $$;

CREATE FUNCTION mes.log_rows(p_station text, p_chan text, p_epoch integer, p_after_seq bigint, p_limit integer)
RETURNS SETOF mes.station_log
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    v_row mes.station_log;
    v_bytes bigint := 0;
BEGIN
    FOR v_row IN
        SELECT l.* FROM mes.station_log AS l
        WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq > p_after_seq
        ORDER BY l.seq LIMIT least(p_limit, 2000)
    LOOP
        RETURN NEXT v_row;
        v_bytes := v_bytes + octet_length(v_row.body);
        EXIT WHEN v_bytes > 16777216;
    END LOOP;
END $$;

CREATE FUNCTION mes.log_heads() RETURNS SETOF mes.station_head
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT h.* FROM mes.station_head AS h WHERE h.station = mes.own_station()
        ORDER BY h.chan, h.epoch;
END $$;

CREATE FUNCTION mes.audit_heads() RETURNS SETOF mes.station_head
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT h.* FROM mes.station_head AS h ORDER BY h.station, h.chan, h.epoch
$$;

CREATE FUNCTION mes.audit_log(p_station text, p_chan text, p_epoch integer, p_after_seq bigint, p_limit integer)
RETURNS SETOF mes.station_log
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM mes.log_rows(p_station, p_chan, p_epoch, p_after_seq, p_limit)
$$;
