-- Blocks of machine data as stations seal them. Frozen: a change is a new migration.
-- A block names itself by station, tag, first time and the SHA-256 of its content, so that it can be sent any number of times.

CREATE TABLE mes.trend_block (
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
    PRIMARY KEY (station, tag, start_us, sha256),
    FOREIGN KEY(station) REFERENCES mes.station (path)
);
-- already deflated: PostgreSQL's own compression would only cost time
ALTER TABLE mes.trend_block ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE INDEX trend_block_sha256 ON mes.trend_block (station, sha256);

-- Takes a block of the calling station; one that is there already is left as it is.
CREATE FUNCTION mes.trend_put(p_tag text, p_start_us bigint, p_end_us bigint, p_count integer, p_uncertain integer,
    p_bad integer, p_first double precision, p_last double precision, p_minimum double precision,
    p_maximum double precision, p_mean double precision, p_codec integer, p_sha256 text, p_content bytea)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
    INSERT INTO mes.trend_block (station, tag, start_us, end_us, count, uncertain, bad, first, last, minimum, maximum, mean,
        codec, sha256, content)
    VALUES (mes.own_station(), p_tag, p_start_us, p_end_us, p_count, p_uncertain, p_bad, p_first, p_last, p_minimum,
        p_maximum, p_mean, p_codec, p_sha256, p_content)
    ON CONFLICT DO NOTHING;
END $$;

-- Which of these blocks of the calling station are not here.
CREATE FUNCTION mes.trend_missing(p_sha256s text[]) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_station text := mes.own_station();
    v_missing text[];
BEGIN
    IF cardinality(p_sha256s) > 1000 THEN
        RAISE EXCEPTION 'at most 1000 blocks can be asked for at a time' USING ERRCODE = 'MES03';
    END IF;
    SELECT coalesce(array_agg(h.sha256), ARRAY[]::text[]) INTO v_missing FROM unnest(p_sha256s) AS h(sha256)
    WHERE NOT EXISTS (SELECT 1 FROM mes.trend_block AS b WHERE b.station = v_station AND b.sha256 = h.sha256);
    RETURN v_missing;
END $$;

-- A station's blocks of one tag that touch a span, oldest first, about 16 MiB at most in one answer. For more, ask again from the
-- end of the last one: what touches that moment comes again and is known by its SHA-256.
CREATE FUNCTION mes.trend_blocks(p_station text, p_tag text, p_from_us bigint, p_to_us bigint)
RETURNS TABLE (start_us bigint, end_us bigint, count integer, codec integer, sha256 text, content bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.start_us, c.end_us, c.count, c.codec, c.sha256, c.content FROM (
        SELECT b.*, sum(octet_length(b.content)) OVER (ORDER BY b.start_us, b.sha256) - octet_length(b.content) AS before
        FROM mes.trend_block AS b
        WHERE b.station = p_station AND b.tag = p_tag AND b.start_us < p_to_us AND b.end_us >= p_from_us
    ) AS c WHERE c.before <= 16777216
    ORDER BY c.start_us, c.sha256
$$;

-- The tags of a station that have blocks here, with how many samples and from when until when.
CREATE FUNCTION mes.trend_tags(p_station text)
RETURNS TABLE (tag text, count bigint, start_us bigint, end_us bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT b.tag, sum(b.count)::bigint, min(b.start_us), max(b.end_us) FROM mes.trend_block AS b
    WHERE b.station = p_station GROUP BY b.tag ORDER BY b.tag
$$;

REVOKE ALL ON mes.trend_block FROM PUBLIC;
GRANT SELECT ON mes.trend_block TO mes_auditor;
REVOKE EXECUTE ON FUNCTION
    mes.trend_put(text, bigint, bigint, integer, integer, integer, double precision, double precision, double precision,
        double precision, double precision, integer, text, bytea),
    mes.trend_missing(text[]), mes.trend_blocks(text, text, bigint, bigint), mes.trend_tags(text)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    mes.trend_put(text, bigint, bigint, integer, integer, integer, double precision, double precision, double precision,
        double precision, double precision, integer, text, bytea),
    mes.trend_missing(text[])
TO mes_station;
GRANT EXECUTE ON FUNCTION mes.trend_blocks(text, text, bigint, bigint), mes.trend_tags(text) TO mes_reader, mes_auditor;
