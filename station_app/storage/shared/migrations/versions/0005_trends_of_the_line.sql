-- The past of the stations of one line: their machine data, and what they worked on meanwhile. Frozen: a change is a new
-- migration. A station sees the stations of its own line, readers and auditors see all.

-- Where a station's line ends: its path without the last part.
CREATE FUNCTION mes.line_of(p_path text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(p_path, '/?[^/]*$', '')
$$;

-- Whether the calling login may see a station's past; raises otherwise. Who a station is never comes as a parameter.
CREATE FUNCTION mes.check_same_line(p_station text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF pg_has_role(session_user, 'mes_station', 'MEMBER') THEN
        IF mes.line_of(mes.own_station()) IS DISTINCT FROM mes.line_of(p_station) THEN
            RAISE EXCEPTION '% is no station of the line %', p_station, mes.line_of(mes.own_station())
                USING ERRCODE = '42501';
        END IF;
    END IF;
END $$;

-- The tags of a station that have blocks here: from when until when, and the kind of the newest block's values (0 float,
-- 1 int, 2 bool, 3 text). Found tag by tag in the index, however many blocks there are.
CREATE FUNCTION mes.line_trend_tags(p_station text)
RETURNS TABLE (tag text, start_us bigint, end_us bigint, kind integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    PERFORM mes.check_same_line(p_station);
    RETURN QUERY
    WITH RECURSIVE known AS (
        (SELECT b.tag FROM mes.trend_block AS b WHERE b.station = p_station ORDER BY b.tag LIMIT 1)
        UNION ALL
        SELECT (SELECT b.tag FROM mes.trend_block AS b WHERE b.station = p_station AND b.tag > k.tag
                ORDER BY b.tag LIMIT 1)
        FROM known AS k WHERE k.tag IS NOT NULL
    )
    SELECT k.tag, oldest.start_us, newest.end_us,
        CASE WHEN octet_length(newest.content) < 5 THEN 0 ELSE get_byte(substring(newest.content FROM 5 FOR 1), 0) END
    FROM known AS k
    CROSS JOIN LATERAL (
        SELECT b.start_us FROM mes.trend_block AS b WHERE b.station = p_station AND b.tag = k.tag
        ORDER BY b.start_us LIMIT 1
    ) AS oldest
    CROSS JOIN LATERAL (
        SELECT b.end_us, b.content FROM mes.trend_block AS b WHERE b.station = p_station AND b.tag = k.tag
        ORDER BY b.start_us DESC LIMIT 1
    ) AS newest
    WHERE k.tag IS NOT NULL;
END $$;

-- What is known of a station's blocks of one tag that touch a span, and of the one before and the one after it, oldest
-- first, without their content. At most 20000, the oldest: for more, ask again from the start of the last one.
CREATE FUNCTION mes.line_trend_blocks(p_station text, p_tag text, p_from_us bigint, p_to_us bigint)
RETURNS TABLE (start_us bigint, end_us bigint, count integer, bad integer, minimum double precision,
    maximum double precision, mean double precision, sha256 text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    PERFORM mes.check_same_line(p_station);
    RETURN QUERY
    SELECT b.start_us, b.end_us, b.count, b.bad, b.minimum, b.maximum, b.mean, b.sha256
    FROM mes.trend_block AS b
    WHERE b.station = p_station AND b.tag = p_tag AND b.end_us >= p_from_us
        AND b.start_us < p_to_us
        -- a block is about an hour long, longer where the station was switched off meanwhile: a month is the most that counts
        AND b.start_us >= p_from_us - 2678400000000
    UNION
    (SELECT b.start_us, b.end_us, b.count, b.bad, b.minimum, b.maximum, b.mean, b.sha256
    FROM mes.trend_block AS b WHERE b.station = p_station AND b.tag = p_tag AND b.start_us < p_from_us
    ORDER BY b.start_us DESC LIMIT 1)
    UNION
    (SELECT b.start_us, b.end_us, b.count, b.bad, b.minimum, b.maximum, b.mean, b.sha256
    FROM mes.trend_block AS b WHERE b.station = p_station AND b.tag = p_tag AND b.start_us >= p_to_us
    ORDER BY b.start_us LIMIT 1)
    ORDER BY 1, 8 LIMIT 20000;
END $$;

-- The content of some of these blocks, at least one of those that are here and about 1 MiB at most in one answer: ask again
-- for the others.
CREATE FUNCTION mes.line_trend_content(p_station text, p_tag text, p_starts_us bigint[], p_sha256s text[])
RETURNS TABLE (sha256 text, content bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    PERFORM mes.check_same_line(p_station);
    IF cardinality(p_sha256s) > 2000 OR cardinality(p_sha256s) <> cardinality(p_starts_us) THEN
        RAISE EXCEPTION 'at most 2000 blocks can be asked for at a time, each with its first time' USING ERRCODE = 'MES03';
    END IF;
    RETURN QUERY
    SELECT c.sha256, c.content FROM (
        SELECT b.sha256, b.content,
            sum(octet_length(b.content)) OVER (ORDER BY b.start_us, b.sha256) - octet_length(b.content) AS before
        FROM unnest(p_starts_us, p_sha256s) AS wanted(start_us, sha256)
        JOIN mes.trend_block AS b ON b.station = p_station AND b.tag = p_tag AND b.start_us = wanted.start_us
            AND b.sha256 = wanted.sha256
    ) AS c WHERE c.before <= 1048576;
END $$;

-- What stands beside a trend: the newest of a station's records of these kinds in a span, newest first, about 16 MiB at most.
-- Of what comes many times with each unit (steps, values, pictures) only the last four days of the span. Other kinds than those
-- listed here are answered to nobody: who was where and signed what is not part of a trend.
CREATE FUNCTION mes.line_rows(p_station text, p_chan text, p_kinds text[], p_from_us bigint, p_to_us bigint,
    p_newest integer)
RETURNS SETOF mes.station_log
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    v_row mes.station_log;
    v_bytes bigint := 0;
    v_newest integer := least(p_newest, 20000);
BEGIN
    PERFORM mes.check_same_line(p_station);
    FOR v_row IN
        (SELECT l.* FROM mes.station_log AS l
        WHERE l.station = p_station AND l.chan = p_chan AND l.kind = ANY (p_kinds)
            AND l.kind IN ('job_state', 'alarm_transition', 'comment', 'trend_comment', 'application_state')
            AND l.wall_us >= p_from_us AND l.wall_us < p_to_us
        ORDER BY l.wall_us DESC, l.epoch DESC, l.seq DESC LIMIT v_newest)
        UNION ALL
        (SELECT l.* FROM mes.station_log AS l
        WHERE l.station = p_station AND l.chan = p_chan AND l.kind = ANY (p_kinds)
            AND l.kind IN ('step_state', 'measurement', 'machine_value', 'evidence_captured')
            AND l.wall_us >= greatest(p_from_us, p_to_us - 345600000000) AND l.wall_us < p_to_us
        ORDER BY l.wall_us DESC, l.epoch DESC, l.seq DESC LIMIT v_newest)
        ORDER BY wall_us DESC, epoch DESC, seq DESC LIMIT v_newest
    LOOP
        RETURN NEXT v_row;
        v_bytes := v_bytes + octet_length(v_row.body);
        EXIT WHEN v_bytes > 16777216;
    END LOOP;
END $$;

-- An index of every row made delivering half as fast. What is rare has one of its own; the rest is found by the stretches of
-- the table that hold its time: rows lie there in the order in which they came.
CREATE INDEX station_log_beside_trends ON mes.station_log (station, wall_us)
    WHERE kind IN ('job_state', 'alarm_transition', 'comment', 'trend_comment', 'application_state');
CREATE INDEX station_log_time ON mes.station_log USING brin (wall_us) WITH (pages_per_range = 16, autosummarize = on);

REVOKE EXECUTE ON FUNCTION
    mes.line_of(text), mes.check_same_line(text), mes.line_trend_tags(text),
    mes.line_trend_blocks(text, text, bigint, bigint), mes.line_trend_content(text, text, bigint[], text[]),
    mes.line_rows(text, text, text[], bigint, bigint, integer)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    mes.line_trend_tags(text), mes.line_trend_blocks(text, text, bigint, bigint),
    mes.line_trend_content(text, text, bigint[], text[]),
    mes.line_rows(text, text, text[], bigint, bigint, integer)
TO mes_station, mes_reader, mes_auditor;
