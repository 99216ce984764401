-- Machine data before they are sealed, and gaps of a whole station. Frozen: a change is a new migration.
-- What a station has not sealed yet of a tag stands here as a block that the next delivery replaces; a sealed block that holds
-- some of it takes its place in the same transaction, so that no sample is there twice.

CREATE TABLE mes.trend_tail (
    station TEXT COLLATE "C" NOT NULL,
    tag TEXT COLLATE "C" NOT NULL,
    start_us BIGINT NOT NULL,
    end_us BIGINT NOT NULL,
    count INTEGER NOT NULL,
    uncertain INTEGER NOT NULL,
    bad INTEGER NOT NULL,
    first DOUBLE PRECISION,
    last DOUBLE PRECISION,
    minimum DOUBLE PRECISION,
    maximum DOUBLE PRECISION,
    mean DOUBLE PRECISION,
    codec INTEGER NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    content BYTEA NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    PRIMARY KEY (station, tag),
    FOREIGN KEY(station) REFERENCES mes.station (path)
);
ALTER TABLE mes.trend_tail ALTER COLUMN content SET STORAGE EXTERNAL;

-- Where all tags of a station have nothing, or less than there was, by its own word: a crash, an overflow, a full disk.
CREATE TABLE mes.trend_gap (
    station TEXT COLLATE "C" NOT NULL,
    start_us BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    end_us BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    PRIMARY KEY (station, start_us, kind),
    FOREIGN KEY(station) REFERENCES mes.station (path)
);

-- Until when everything that a station stored is here, by its own clock.
CREATE TABLE mes.trend_reach (
    station TEXT COLLATE "C" NOT NULL,
    until_us BIGINT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    PRIMARY KEY (station),
    FOREIGN KEY(station) REFERENCES mes.station (path)
);

-- Raises for what is no block.
CREATE FUNCTION mes.check_trend_block(p_tag text, p_start_us bigint, p_end_us bigint, p_count integer, p_uncertain integer,
    p_bad integer, p_codec integer, p_sha256 text, p_content bytea)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_tag = '' OR octet_length(p_tag) > 400 OR p_end_us < p_start_us OR p_count NOT BETWEEN 1 AND 1048576
        OR p_uncertain < 0 OR p_bad < 0 OR p_uncertain + p_bad > p_count OR p_codec NOT BETWEEN 1 AND 255
        OR octet_length(p_content) > 1048576 OR octet_length(p_content) = 0 THEN
        RAISE EXCEPTION 'a block has a tag, 1 to 1048576 samples and at most 1 MiB' USING ERRCODE = 'MES03';
    END IF;
    IF encode(sha256(p_content), 'hex') <> p_sha256 THEN
        RAISE EXCEPTION 'the block of % does not match its SHA-256: it was damaged on its way', p_tag
            USING ERRCODE = 'MES02';
    END IF;
END $$;

-- Blocks and tails of a station one after the other: an older call that is still under way must not put a tail behind the
-- block that took its place.
CREATE FUNCTION mes.lock_trends(p_station text) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT pg_advisory_xact_lock(hashtextextended('trends of ' || p_station, 0))
$$;

-- Takes a sealed block of the calling station; one that is there already is left as it is. What was not sealed before gives way.
CREATE OR REPLACE FUNCTION mes.trend_put(p_tag text, p_start_us bigint, p_end_us bigint, p_count integer,
    p_uncertain integer, p_bad integer, p_first double precision, p_last double precision, p_minimum double precision,
    p_maximum double precision, p_mean double precision, p_codec integer, p_sha256 text, p_content bytea)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_station text := mes.own_station();
    v_tail_end_us bigint;
BEGIN
    PERFORM mes.check_trend_block(p_tag, p_start_us, p_end_us, p_count, p_uncertain, p_bad, p_codec, p_sha256, p_content);
    PERFORM mes.lock_trends(v_station);
    INSERT INTO mes.trend_block (station, tag, start_us, end_us, count, uncertain, bad, first, last, minimum, maximum, mean,
        codec, sha256, content)
    VALUES (v_station, p_tag, p_start_us, p_end_us, p_count, p_uncertain, p_bad, p_first, p_last, p_minimum, p_maximum,
        p_mean, p_codec, p_sha256, p_content)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    DELETE FROM mes.trend_tail AS t
    WHERE t.station = v_station AND t.tag = p_tag AND t.start_us <= p_end_us AND t.end_us >= p_start_us
    RETURNING t.end_us INTO v_tail_end_us;
    -- the rest of it comes in the blocks behind this one
    IF v_tail_end_us > p_end_us THEN
        UPDATE mes.trend_reach AS r SET until_us = p_end_us WHERE r.station = v_station AND r.until_us > p_end_us;
    END IF;
END $$;

-- Takes what the calling station has not sealed yet of a tag, instead of what it had not sealed before.
CREATE FUNCTION mes.trend_tail_put(p_tag text, p_start_us bigint, p_end_us bigint, p_count integer, p_uncertain integer,
    p_bad integer, p_first double precision, p_last double precision, p_minimum double precision,
    p_maximum double precision, p_mean double precision, p_codec integer, p_sha256 text, p_content bytea)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_station text := mes.own_station();
BEGIN
    PERFORM mes.check_trend_block(p_tag, p_start_us, p_end_us, p_count, p_uncertain, p_bad, p_codec, p_sha256, p_content);
    PERFORM mes.lock_trends(v_station);
    INSERT INTO mes.trend_tail AS t (station, tag, start_us, end_us, count, uncertain, bad, first, last, minimum, maximum,
        mean, codec, sha256, content)
    VALUES (v_station, p_tag, p_start_us, p_end_us, p_count, p_uncertain, p_bad, p_first, p_last, p_minimum, p_maximum,
        p_mean, p_codec, p_sha256, p_content)
    ON CONFLICT (station, tag) DO UPDATE SET (start_us, end_us, count, uncertain, bad, first, last, minimum, maximum, mean,
        codec, sha256, content, received_at) = (EXCLUDED.start_us, EXCLUDED.end_us, EXCLUDED.count, EXCLUDED.uncertain,
        EXCLUDED.bad, EXCLUDED.first, EXCLUDED.last, EXCLUDED.minimum, EXCLUDED.maximum, EXCLUDED.mean, EXCLUDED.codec,
        EXCLUDED.sha256, EXCLUDED.content, clock_timestamp());
END $$;

-- Takes gaps of the calling station (four lists of one length; one that is known may have become longer) and until when
-- everything it stored is here; NULL leaves that as it was.
CREATE FUNCTION mes.trend_reach_put(p_until_us bigint, p_kinds text[], p_starts_us bigint[], p_ends_us bigint[],
    p_reasons text[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_station text := mes.own_station();
BEGIN
    IF cardinality(p_kinds) > 500 OR cardinality(p_kinds) <> cardinality(p_starts_us)
        OR cardinality(p_kinds) <> cardinality(p_ends_us) OR cardinality(p_kinds) <> cardinality(p_reasons)
        OR EXISTS (SELECT 1 FROM unnest(p_kinds, p_starts_us, p_ends_us, p_reasons) AS g(kind, start_us, end_us, reason)
            WHERE g.kind IS NULL OR g.kind = '' OR octet_length(g.kind) > 40 OR g.reason IS NULL
                OR octet_length(g.reason) > 1000 OR g.start_us IS NULL OR g.end_us IS NULL OR g.end_us < g.start_us) THEN
        RAISE EXCEPTION 'at most 500 gaps at a time, each with a kind, a reason and an end behind its start'
            USING ERRCODE = 'MES03';
    END IF;
    PERFORM mes.lock_trends(v_station);
    INSERT INTO mes.trend_gap AS g (station, start_us, kind, end_us, reason)
    SELECT DISTINCT ON (n.start_us, n.kind) v_station, n.start_us, n.kind, n.end_us, n.reason
    FROM unnest(p_kinds, p_starts_us, p_ends_us, p_reasons) AS n(kind, start_us, end_us, reason)
    ORDER BY n.start_us, n.kind, n.end_us DESC
    ON CONFLICT (station, start_us, kind) DO UPDATE SET end_us = EXCLUDED.end_us, reason = EXCLUDED.reason,
        received_at = clock_timestamp()
    WHERE EXCLUDED.end_us >= g.end_us AND (EXCLUDED.end_us, EXCLUDED.reason) IS DISTINCT FROM (g.end_us, g.reason);
    IF p_until_us IS NOT NULL THEN
        INSERT INTO mes.trend_reach AS r (station, until_us) VALUES (v_station, p_until_us)
        ON CONFLICT (station) DO UPDATE SET until_us = EXCLUDED.until_us, received_at = clock_timestamp();
    END IF;
END $$;

-- As mes.line_trend_tags, with what is not sealed yet.
CREATE FUNCTION mes.line_past_tags(p_station text)
RETURNS TABLE (tag text, start_us bigint, end_us bigint, kind integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT coalesce(b.tag, t.tag), least(b.start_us, t.start_us), greatest(b.end_us, t.end_us),
        CASE WHEN t.tag IS NULL THEN b.kind
            WHEN octet_length(t.content) < 5 THEN 0
            ELSE get_byte(substring(t.content FROM 5 FOR 1), 0) END
    FROM mes.line_trend_tags(p_station) AS b
    FULL JOIN (SELECT a.* FROM mes.trend_tail AS a WHERE a.station = p_station) AS t ON t.tag = b.tag;
END $$;

-- As mes.line_trend_blocks, and what is not sealed yet of the tag where it belongs to the answer: that one with its content, for
-- it may be another one at the next question. All of one moment.
CREATE FUNCTION mes.line_past_blocks(p_station text, p_tag text, p_from_us bigint, p_to_us bigint)
RETURNS TABLE (start_us bigint, end_us bigint, count integer, bad integer, minimum double precision,
    maximum double precision, mean double precision, sha256 text, content bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN QUERY
    SELECT b.start_us, b.end_us, b.count, b.bad, b.minimum, b.maximum, b.mean, b.sha256, NULL::bytea
    FROM mes.line_trend_blocks(p_station, p_tag, p_from_us, p_to_us) AS b
    UNION ALL
    SELECT t.start_us, t.end_us, t.count, t.bad, t.minimum, t.maximum, t.mean, t.sha256, t.content
    FROM mes.trend_tail AS t WHERE t.station = p_station AND t.tag = p_tag
        AND (t.start_us < p_to_us OR NOT EXISTS (SELECT 1 FROM mes.trend_block AS b
            WHERE b.station = p_station AND b.tag = p_tag AND b.start_us >= p_to_us));
END $$;

-- Until when everything that a station stored is here (NULL: it has not said), and its newest 2000 gaps, one a row; a row
-- without a gap where there is none.
CREATE FUNCTION mes.line_reach(p_station text)
RETURNS TABLE (until_us bigint, kind text, start_us bigint, end_us bigint, reason text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM mes.check_same_line(p_station);
    RETURN QUERY
    SELECT r.until_us, n.kind, n.start_us, n.end_us, n.reason
    FROM (SELECT (SELECT s.until_us FROM mes.trend_reach AS s WHERE s.station = p_station) AS until_us) AS r
    LEFT JOIN (
        SELECT g.* FROM mes.trend_gap AS g WHERE g.station = p_station ORDER BY g.start_us DESC, g.kind LIMIT 2000
    ) AS n ON true
    ORDER BY n.start_us, n.kind;
END $$;

CREATE OR REPLACE FUNCTION mes.trend_tags(p_station text)
RETURNS TABLE (tag text, count bigint, start_us bigint, end_us bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT b.tag, sum(b.count)::bigint, min(b.start_us), max(b.end_us)
    FROM (
        SELECT s.tag, s.count, s.start_us, s.end_us FROM mes.trend_block AS s WHERE s.station = p_station
        UNION ALL
        SELECT t.tag, t.count, t.start_us, t.end_us FROM mes.trend_tail AS t WHERE t.station = p_station
    ) AS b GROUP BY b.tag ORDER BY b.tag
$$;

REVOKE ALL ON mes.trend_tail, mes.trend_gap, mes.trend_reach FROM PUBLIC;
GRANT SELECT ON mes.trend_tail, mes.trend_gap, mes.trend_reach TO mes_auditor;
REVOKE EXECUTE ON FUNCTION
    mes.check_trend_block(text, bigint, bigint, integer, integer, integer, integer, text, bytea), mes.lock_trends(text),
    mes.trend_tail_put(text, bigint, bigint, integer, integer, integer, double precision, double precision,
        double precision, double precision, double precision, integer, text, bytea),
    mes.trend_reach_put(bigint, text[], bigint[], bigint[], text[]),
    mes.line_past_tags(text), mes.line_past_blocks(text, text, bigint, bigint), mes.line_reach(text)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    mes.trend_tail_put(text, bigint, bigint, integer, integer, integer, double precision, double precision,
        double precision, double precision, double precision, integer, text, bytea),
    mes.trend_reach_put(bigint, text[], bigint[], bigint[], text[])
TO mes_station;
GRANT EXECUTE ON FUNCTION
    mes.line_past_tags(text), mes.line_past_blocks(text, text, bigint, bigint), mes.line_reach(text)
TO mes_station, mes_reader, mes_auditor;
